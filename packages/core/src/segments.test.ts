import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelProfile } from './profile.ts';
import { type Segment, segmentsOf } from './segments.ts';

/** A profile of launches with these whole-device times. */
function profileOf(durations: readonly number[]): KernelProfile {
  return {
    sequence: durations.map((_, i) => i),
    tpcCounts: [33, 66],
    durationNs: [durations.map((ns) => 2 * ns), durations],
  } as unknown as KernelProfile;
}

const cut = (...durations: number[]): Segment[] => [
  ...segmentsOf(profileOf(durations), { limitNs: 100 }),
];

describe('the segments of an iteration', () => {
  it('take short launches together up to the limit', () => {
    expect(cut(40, 40, 40, 60, 1)).toEqual([
      { begin: 0, end: 2 },
      { begin: 2, end: 4 },
      { begin: 4, end: 5 },
    ]);
  });

  it('leave a long launch by itself', () => {
    expect(cut(10, 101, 10, 10)).toEqual([
      { begin: 0, end: 1 },
      { begin: 1, end: 2 },
      { begin: 2, end: 4 },
    ]);
  });

  it('cover every launch once, in order, none longer than the limit but alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300)), (durations) => {
        const segments = cut(...durations);
        let at = 0;
        for (const { begin, end } of segments) {
          expect(begin).toBe(at);
          expect(end).toBeGreaterThan(begin);
          const sum = durations.slice(begin, end).reduce((a, b) => a + b, 0);
          expect(sum <= 100 || end === begin + 1).toBe(true);
          at = end;
        }
        expect(at).toBe(durations.length);
      }),
    );
  });
});
