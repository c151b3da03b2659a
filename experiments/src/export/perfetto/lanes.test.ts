import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

const intervals = fc.array(
  fc.tuple(fc.nat(60), fc.nat(15)).map(([begin, length]) => ({ begin, end: begin + length })),
  { maxLength: 60 },
);

it('puts no two intervals that overlap into one lane, whatever their order', () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const lanes = new Lanes();
      const placed = all.map((interval) => ({
        ...interval,
        lane: lanes.take(interval.begin, interval.end),
      }));
      for (const [i, a] of placed.entries()) {
        for (const b of placed.slice(0, i)) {
          // Later in the list is later in the lane, also where both are a moment.
          if (a.lane === b.lane) expect(b.end).toBeLessThanOrEqual(a.begin);
        }
      }
    }),
  );
});

it('takes as many lanes as intervals overlap at once, if they come in order of their ends', () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const proper = all.filter(({ begin, end }) => begin < end).sort((a, b) => a.end - b.end);
      const lanes = new Lanes();
      const used = new Set(proper.map(({ begin, end }) => lanes.take(begin, end)));
      const overlap = Math.max(
        0,
        ...proper.map(({ begin: at }) => proper.filter((i) => i.begin <= at && at < i.end).length),
      );
      expect(used.size).toBe(overlap);
    }),
  );
});
