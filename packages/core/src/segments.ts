import type { KernelProfile } from './profile.ts';
import { type Ns, US } from './units.ts';

/** How launches of a profile become submissions. */
export interface SegmentRules {
  /** Whole-device time that a segment has at most; one launch alone may have more. */
  readonly limitNs: Ns;
}

/**
 * As much as LithOS keeps outstanding on the device (section 5.3): with one segment running and one
 * waiting, the device never runs dry, and nobody waits for more than that.
 */
export const SEGMENT_RULES: SegmentRules = { limitNs: 100 * US };

/** Positions `begin` to `end - 1` of a profile's sequence. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
}

/**
 * Cuts an iteration into submissions: consecutive short launches become one segment, as a scheduler's
 * decision for each would cost more than the launch itself; a launch that is long enough to be cut into
 * atoms stays by itself.
 */
export function segmentsOf(
  profile: KernelProfile,
  rules: SegmentRules = SEGMENT_RULES,
): readonly Segment[] {
  const whole = profile.durationNs[profile.tpcCounts.length - 1] ?? [];
  const segments: Segment[] = [];
  let begin = 0;
  let sumNs = 0;
  const cut = (end: number): void => {
    if (end > begin) segments.push({ begin, end });
    begin = end;
    sumNs = 0;
  };
  profile.sequence.forEach((_, position) => {
    const ns = whole[position] ?? 0;
    if (sumNs + ns > rules.limitNs) cut(position);
    sumNs += ns;
    if (ns > rules.limitNs) cut(position + 1);
  });
  cut(profile.sequence.length);
  return segments;
}
