import type { Launchable } from '@lithos/core';
import type { PreparedKernel } from './launcher.ts';

/** What this device runs as one submission: a kernel, or a segment of several, one after the other. */
export interface HwLaunchable extends Launchable {
  readonly parts: readonly PreparedKernel[];
  /** Number of the segment, for the cache of graphs; -1 for a single kernel. */
  readonly segment: number;
}
