import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeAxis } from './time-axis.ts';

describe('timeAxis', () => {
  it('counts in a unit that fits, and from a base where that is far away', () => {
    expect(timeAxis({ from: 0, to: 10e9 }, 550).ticks.map(({ text }) => text)).toEqual([
      '0 s',
      '2 s',
      '4 s',
      '6 s',
      '8 s',
      '10 s',
    ]);
    const far = timeAxis({ from: 5e9 + 300, to: 5e9 + 400 }, 550);
    expect(far.base).toBe('5.0000003 s +');
    expect(far.ticks.map(({ text }) => text)).toEqual([
      '+0 ns',
      '+20 ns',
      '+40 ns',
      '+60 ns',
      '+80 ns',
      '+100 ns',
    ]);
  });

  it('lets no label reach beyond the ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 200, max: 1e12 }),
        fc.integer({ min: 300, max: 2000 }),
        (from, length, width) => {
          const { ticks } = timeAxis({ from, to: from + length }, width);
          expect(ticks.length).toBeGreaterThan(0);
          for (const { x, anchor } of ticks) {
            if (anchor !== 'start') expect(x).toBeGreaterThanOrEqual(34);
            if (anchor !== 'end') expect(x).toBeLessThanOrEqual(width - 34);
          }
        },
      ),
    );
  });
});
