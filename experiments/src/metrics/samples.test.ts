import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogSketch } from './log-sketch.ts';
import { Samples } from './samples.ts';

const spans = fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { minLength: 1, maxLength: 300 });

/** Nearest rank, as its definition reads. */
function nearestRank(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.find((_, i) => 100 * (i + 1) >= percent * values.length) ?? Number.NaN;
}

function collect(values: readonly number[], exactLimit?: number): Samples {
  const samples = new Samples(exactLimit);
  for (const value of values) samples.add(value);
  return samples;
}

describe('Samples', () => {
  it('gives percentiles by nearest rank, exactly', () => {
    fc.assert(
      fc.property(spans, (values) => {
        const { p50, p90, p95, p99, max } = collect(values).distribution();
        expect([p50, p90, p95, p99, max]).toEqual(
          [50, 90, 95, 99, 100].map((p) => nearestRank(values, p) / 1e6),
        );
      }),
    );
  });

  it('stays within 0.1 % once folded', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 20 }), (values, limit) => {
        const { p50, p99, max, mean } = collect(values, limit).distribution();
        const exact = collect(values).distribution();
        expect(Math.abs(p50 - exact.p50)).toBeLessThanOrEqual(0.001 * exact.p50);
        expect(Math.abs(p99 - exact.p99)).toBeLessThanOrEqual(0.001 * exact.p99);
        expect([max, mean]).toEqual([exact.max, exact.mean]);
      }),
    );
  });

  it('of a hundred values, P99 is the 99th and P50 the 50th', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i + 1) * 1e6);
    expect(collect(values).distribution()).toEqual({
      mean: 50.5,
      p50: 50,
      p90: 90,
      p95: 95,
      p99: 99,
      max: 100,
    });
  });

  it('is all zeroes without values', () => {
    expect(new Samples().distribution()).toEqual({
      mean: 0,
      p50: 0,
      p90: 0,
      p95: 0,
      p99: 0,
      max: 0,
    });
  });
});

describe('LogSketch', () => {
  it('puts a number into a bucket whose middle is within 0.05 % of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 53, noNaN: true }), (value) => {
        const sketch = new LogSketch();
        sketch.add(value);
        expect(Math.abs(sketch.atRank(1) - value)).toBeLessThanOrEqual(0.0005 * value);
      }),
    );
  });

  it('refuses a rank that it does not have', () => {
    expect(() => new LogSketch().atRank(1)).toThrow(RangeError);
  });
});
