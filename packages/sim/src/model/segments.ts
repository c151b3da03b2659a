import { type KernelProfile, segmentsOf } from '@lithos/core';
import type { KernelInterner, SimKernel } from './sim-kernel.ts';

/**
 * Prepared launches of a profile as the segments that a real device runs them in: consecutive short
 * ones are one submission, which is not cut and runs its parts one after the other.
 */
export function prepareSegments(
  profile: KernelProfile,
  kernels: readonly SimKernel[],
  interner: KernelInterner,
): readonly SimKernel[] {
  return segmentsOf(profile).map(({ begin, end }, ordinal) => {
    const parts = kernels.slice(begin, end);
    const [first] = parts;
    if (first === undefined) throw new Error('a segment has launches');
    if (parts.length === 1) return { ...first, ordinal };
    const kernel = interner.intern({
      name: `${profile.id}[${begin}-${end - 1}]`,
      grid: [0, 0, 0],
      block: [0, 0, 0],
      blocks: 1,
      threadsPerBlock: 0,
      registersPerThread: 0,
      sharedMemoryBytes: 0,
      clusterSize: 1,
      splittable: false,
    });
    const durationNs = first.durationNs.map((_, n) =>
      parts.reduce((sum, part) => sum + (part.durationNs[n] ?? 0), 0),
    );
    const inner = parts.slice(1).reduce((sum, part) => sum + part.gapNs, 0);
    return { ...first, kernel, ordinal, durationNs: durationNs.map((ns) => ns + inner), parts };
  });
}
