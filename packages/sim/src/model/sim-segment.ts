import {
  type KernelInterner,
  type Launchable,
  type Ns,
  planSegments,
  segmentShape,
} from '@lithos/core';
import type { SimKernel } from './sim-kernel.ts';

/** Launches that were submitted as one unit: they run one after the other, on one TPC set. */
export interface SimSegment extends Launchable {
  readonly parts: readonly SimKernel[];
}

/** What a simulated device runs as one submission. */
export type SimLaunchable = SimKernel | SimSegment;

/** How many launches make up a submission. */
export function partCount(work: SimLaunchable): number {
  return 'parts' in work ? work.parts.length : 1;
}

/** Launch `part` of a submission, from 0. */
export function partOf(work: SimLaunchable, part: number): SimKernel {
  return 'parts' in work ? (work.parts[part] as SimKernel) : work;
}

/**
 * An iteration's launches in segments of `segmentNs` on the whole device (`planSegments`).
 * @param name of the iteration, unique within a run
 * @param segmentGapNs from the end of what is before a segment to its start, if it is not as within one
 */
export function inSegments(
  name: string,
  launches: readonly SimKernel[],
  segmentNs: Ns,
  interner: KernelInterner,
  segmentGapNs?: Ns,
): readonly SimLaunchable[] {
  const whole = launches.map((launch) => launch.durationNs[launch.durationNs.length - 1] as Ns);
  return planSegments(whole, segmentNs).map(({ begin, end }, ordinal) => {
    const [head, ...others] = launches.slice(begin, end) as [SimKernel, ...SimKernel[]];
    const gapNs = segmentGapNs ?? head.gapNs;
    const first = { ...head, gapNs, sharedGapNs: Math.max(gapNs, head.sharedGapNs) };
    if (others.length === 0) return { ...first, ordinal };
    const parts = [first, ...others];
    const shape = segmentShape(`${name}[${begin}..${end - 1}]`, parts);
    return { kernel: interner.intern(shape), ordinal, parts };
  });
}
