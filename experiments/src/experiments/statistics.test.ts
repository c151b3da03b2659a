import { describe, expect, it } from 'vitest';
import { claim } from './claims.ts';
import { estimate, groupBy, mean } from './statistics.ts';

describe('estimate', () => {
  it('gives Student’s interval', () => {
    // Mean 10, s = 1, half of the interval 4.303 / √3.
    const { mean: centre, ci95 } = estimate([9, 10, 11]);
    expect(centre).toBe(10);
    expect(ci95).toBeCloseTo(4.303 / Math.sqrt(3), 9);
  });

  it('gives none for one value, or values that are all the same', () => {
    expect(estimate([4])).toEqual({ mean: 4 });
    expect(estimate([4, 4, 4])).toEqual({ mean: 4 });
    expect(estimate([])).toEqual({ mean: 0 });
  });

  it('is that of the normal distribution for many', () => {
    const values = Array.from({ length: 100 }, (_, i) => i % 2);
    expect(estimate(values).ci95).toBeCloseTo((1.96 * Math.sqrt(25 / 99)) / 10, 9);
  });
});

describe('claim', () => {
  const about = { paper: 4, unit: '%' } as const;

  it('holds if the mean is at least as good as the paper’s', () => {
    expect(claim('c', { ...about, better: 'lower', values: [3, 5] }).meets).toBe(true);
    expect(claim('c', { ...about, better: 'lower', values: [4.5, 4] }).meets).toBe(false);
    expect(claim('c', { ...about, better: 'higher', values: [4.5] }).meets).toBe(true);
    expect(claim('c', { ...about, better: 'higher', values: [3.9] }).meets).toBe(false);
  });

  it('may be decided by something else than the paper’s figure', () => {
    const values = [2];
    const decided = claim('c', { ...about, better: 'higher', values, threshold: 1 });
    expect(decided).toEqual({
      id: 'c',
      paper: 4,
      ours: 2,
      unit: '%',
      better: 'higher',
      meets: true,
    });
  });

  it('is rounded to four digits', () => {
    const { ours, ci95 } = claim('c', { ...about, better: 'lower', values: [1 / 3, 2 / 3] });
    expect([ours, ci95]).toEqual([0.5, 2.118]);
  });
});

describe('groups', () => {
  it('keep the order of first appearance', () => {
    expect([...groupBy([3, 1, 4, 1, 5], (n) => n % 2).entries()]).toEqual([
      [1, [3, 1, 1, 5]],
      [0, [4]],
    ]);
    expect(mean([])).toBe(0);
  });
});
