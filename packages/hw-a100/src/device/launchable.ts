import type { KernelShape, Launchable } from '@lithos/core';
import type { PreparedKernel } from './launcher.ts';

/** What this device runs as one submission: a kernel, or a segment of several, one after the other. */
export interface HwLaunchable extends Launchable {
  readonly parts: readonly PreparedKernel[];
  /** Number of the segment, for the cache of graphs; -1 for a single kernel. */
  readonly segment: number;
}

/** The shape of a segment as the scheduler sees it: one unit, which is never cut. */
export function segmentShape(id: number, name: string): KernelShape {
  return {
    id,
    name,
    grid: [0, 0, 0],
    block: [0, 0, 0],
    blocks: 1,
    threadsPerBlock: 0,
    registersPerThread: 0,
    sharedMemoryBytes: 0,
    clusterSize: 1,
    splittable: false,
  };
}
