import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegments, segmentShape } from './segments.ts';
import { launchable } from './testing/fixtures.ts';

describe('planSegments', () => {
  it('groups short launches and leaves long ones alone', () => {
    expect(planSegments([10, 20, 60, 10, 10, 300, 30, 30, 30, 30], 100)).toEqual([
      { begin: 0, end: 2 },
      { begin: 2, end: 3 },
      { begin: 3, end: 5 },
      { begin: 5, end: 6 },
      { begin: 6, end: 9 },
      { begin: 9, end: 10 },
    ]);
    expect(planSegments([])).toEqual([]);
  });

  it('covers every launch once, and has no segment of several that is too long', () => {
    const durations = fc.array(fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 500 }), (ns, limit) => {
        const segments = planSegments(ns, limit);
        expect(segments.flatMap((s) => ns.slice(s.begin, s.end))).toEqual(ns);
        segments.forEach(({ begin, end }, i) => {
          expect(begin).toBe(segments[i - 1]?.end ?? 0);
          const inside = ns.slice(begin, end);
          const sum = inside.reduce((a, b) => a + b, 0);
          if (inside.length > 1) expect(sum).toBeLessThanOrEqual(limit);
          if (inside.length > 1) expect(Math.max(...inside)).toBeLessThanOrEqual(limit / 2);
        });
      }),
    );
  });
});

describe('segmentShape', () => {
  it('is one unit of the size of the largest launch', () => {
    const parts = [launchable(10), launchable(500), launchable(20, { persistent: true })];
    const shape = segmentShape('model', parts);
    expect(shape).toMatchObject({
      name: 'model (3 kernels)',
      blocks: 500,
      splittable: false,
      persistent: true,
    });
    expect(segmentShape('model', parts.slice(0, 2)).persistent).toBe(false);
    expect(() => segmentShape('none', [])).toThrow(RangeError);
  });
});
