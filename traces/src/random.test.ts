import { assert, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

function sample(n: number, draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
  return { mean, variance };
}

describe('Random', () => {
  it('draws the same numbers everywhere', () => {
    const random = Random.stream(1, 'chat/arrivals');
    expect([random.int32(), random.int32(), random.int32()]).toEqual([
      -2127466011, 284878929, 1138733590,
    ]);
    expect([random.uniform(), random.exponential(), random.normal(), random.gamma(0.4)]).toEqual([
      0.870739453885537, 1.727603324790657, 0.7595909124369628, 0.792134195570128,
    ]);
  });

  it('is decided by seed and name', () => {
    assert(
      property(integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), string(), (seed, name) => {
        const [first, again] = [Random.stream(seed, name), Random.stream(seed, name)];
        const u = first.uniform();
        return u === again.uniform() && u >= 0 && u < 1;
      }),
    );
  });

  it('has streams that differ by name and by either half of the seed', () => {
    const first = (seed: number, name: string): number => Random.stream(seed, name).uniform();
    const seen = new Set([
      first(1, 'a'),
      first(1, 'b'),
      first(1, 'aa'),
      first(1, ''),
      first(2, 'a'),
      first(1 + 2 ** 32, 'a'),
      first(-1, 'a'),
    ]);
    expect(seen.size).toBe(7);
  });

  it('refuses a seed that is not an integer', () => {
    expect(() => Random.stream(0.5, 'a')).toThrow('0.5');
  });

  it('gives streams that are not correlated', () => {
    const a = Random.stream(7, 'tenant 1/arrivals');
    const b = Random.stream(7, 'tenant 2/arrivals');
    const product = sample(50_000, () => (a.uniform() - 0.5) * (b.uniform() - 0.5));
    expect(Math.abs(product.mean * 12)).toBeLessThan(0.02);
  });

  it('has the moments of its distributions', () => {
    const random = Random.stream(3, 'moments');
    const uniform = sample(50_000, () => random.uniform());
    expect(uniform.mean).toBeCloseTo(0.5, 2);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    const exponential = sample(50_000, () => random.exponential());
    expect(exponential.mean).toBeCloseTo(1, 1);
    expect(exponential.variance).toBeCloseTo(1, 1);
    const normal = sample(50_000, () => random.normal());
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(normal.variance).toBeCloseTo(1, 1);
    for (const shape of [0.2, 0.9, 1, 4]) {
      const gamma = sample(50_000, () => random.gamma(shape));
      expect(gamma.mean / shape).toBeCloseTo(1, 1);
      expect(gamma.variance / shape).toBeGreaterThan(0.9);
      expect(gamma.variance / shape).toBeLessThan(1.1);
    }
  });
});
