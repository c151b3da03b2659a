import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Launchable } from '../../kernel.ts';
import { kernelOf, launchable } from '../../testing/fixtures.ts';
import { Predictor } from './predictor.ts';

const work = launchable(100);
const tpcs = fc.integer({ min: 1, max: 72 });

/** A predictor that has seen `work` take these times. */
function seen(...observations: readonly (readonly [tpcs: number, ns: number])[]): Predictor {
  const predictor = new Predictor();
  for (const [n, ns] of observations) predictor.observe(work, n, ns);
  return predictor;
}

describe('Predictor', () => {
  it('does not guess what it never saw', () => {
    expect(new Predictor().predict(work, 1)).toBeUndefined();
  });

  it('seen at one count, errs on the long side: perfect scaling below it, none above', () => {
    const predictor = seen([20, 1000], [20, 1000]);
    expect(predictor.predict(work, 20)).toBeCloseTo(1000, 6);
    expect(predictor.predict(work, 10)).toBeCloseTo(2000, 6);
    expect(predictor.predict(work, 1)).toBeCloseTo(20_000, 6);
    expect(predictor.predict(work, 40)).toBeCloseTo(1000, 6);
  });

  it('is exact on l(t) = m/t + b once it has seen two counts', () => {
    const ns = fc.double({ min: 0, max: 1e8, noNaN: true });
    const order = fc.array(fc.boolean(), { maxLength: 20 });
    fc.assert(
      fc.property(tpcs, tpcs, tpcs, ns, ns, order, (t1, t2, at, m, b, more) => {
        fc.pre(Math.abs(1 / t1 - 1 / t2) > 2e-3);
        const l = (t: number): number => m / t + b + 1;
        const counts = [t1, t2, ...more.map((first) => (first ? t1 : t2))];
        // However often one of them is seen last, the other still counts for something.
        fc.pre(counts.slice(-15).includes(t1) && counts.slice(-15).includes(t2));
        const predictor = seen(...counts.map((t) => [t, l(t)] as const));
        const relative = (predictor.predict(work, at) ?? Number.NaN) / l(at);
        expect(relative).toBeCloseTo(1, 4);
      }),
    );
  });

  it('tells launches apart by position and by kernel', () => {
    const kernel = kernelOf(1);
    const other = kernelOf(1);
    const predictor = new Predictor();
    const launches: Launchable[] = [];
    for (let ordinal = 0; ordinal < 600; ordinal++) {
      launches.push({ kernel, ordinal }, { kernel: other, ordinal });
    }
    launches.forEach((launch, i) => {
      predictor.observe(launch, 8, 1000 + i);
    });
    launches.forEach((launch, i) => {
      expect(predictor.predict(launch, 8)).toBeCloseTo(1000 + i, 6);
    });
    expect(predictor.predict({ kernel, ordinal: 600 }, 8)).toBeUndefined();
    expect(predictor.predict({ kernel, ordinal: 5000 }, 8)).toBeUndefined();
    expect(predictor.predict({ kernel: kernelOf(1), ordinal: 0 }, 8)).toBeUndefined();
  });

  it('follows a kernel that has become faster or slower', () => {
    for (const now of [100, 9000]) {
      const predictor = seen([8, 3000], [8, 3000], [8, 3000], [4, 6000]);
      for (let i = 0; i < 40; i++) predictor.observe(work, 8, now);
      for (let i = 0; i < 40; i++) predictor.observe(work, 4, 2 * now);
      expect((predictor.predict(work, 4) ?? 0) / (2 * now)).toBeCloseTo(1, 1);
    }
  });

  it('is finite and positive, and never longer on more TPCs', () => {
    const observation = fc.tuple(tpcs, fc.integer({ min: 1, max: 1e9 }));
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 30 }), (observations) => {
        const predictor = seen(...observations);
        let longer = Number.POSITIVE_INFINITY;
        for (let n = 1; n <= 96; n++) {
          const ns = predictor.predict(work, n) ?? Number.NaN;
          expect(ns).toBeGreaterThan(0);
          expect(ns).toBeLessThan(1e15);
          expect(ns).toBeLessThanOrEqual(longer * (1 + 1e-9));
          longer = ns;
        }
      }),
    );
  });
});
