import {
  type KernelInterner,
  type Launchable,
  type Ns,
  planSegments,
  type Segment,
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

/** The segments of an iteration by its launches' times on the whole device (`planSegments`). */
export function segmentsOn(launches: readonly SimKernel[], segmentNs: Ns): readonly Segment[] {
  const whole = launches.map(({ durationNs }) => durationNs[durationNs.length - 1] as Ns);
  return planSegments(whole, segmentNs);
}

/**
 * An iteration's launches in segments.
 * @param name of the iteration, unique within a run
 * @param segments which launches each has, in order
 * @param segmentGapNs from the end of what is before a segment to its start, if it is not as within one
 */
export function inSegments(
  name: string,
  launches: readonly SimKernel[],
  segments: readonly Segment[],
  interner: KernelInterner,
  segmentGapNs?: Ns,
): readonly SimLaunchable[] {
  return segments.map(({ begin, end }, ordinal) => {
    const [head, ...others] = launches.slice(begin, end) as [SimKernel, ...SimKernel[]];
    const gapNs = segmentGapNs ?? head.gapNs;
    const first = { ...head, gapNs, sharedGapNs: Math.max(gapNs, head.sharedGapNs) };
    if (others.length === 0) return { ...first, ordinal };
    const parts = [first, ...others];
    const shape = segmentShape(`${name}[${begin}..${end - 1}]`, parts);
    return { kernel: interner.intern(shape), ordinal, parts };
  });
}
