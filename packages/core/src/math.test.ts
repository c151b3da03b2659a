import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, pow } from './math.ts';

/** Distance of two doubles in units of the last place of the greater. */
function ulps(a: number, b: number): number {
  if (a === b) return 0;
  const size = Math.max(Math.abs(a), Math.abs(b), Number.MIN_VALUE * 2 ** 52);
  return Math.abs(a - b) / (size * Number.EPSILON);
}

describe('log', () => {
  it('has these very bits', () => {
    expect(log(2)).toBe(Math.LN2);
    expect(log(3)).toBe(1.0986122886681096);
    expect(log(1 + 2 ** -30)).toBe(9.313225741817976e-10);
    expect(log(5e-324)).toBe(-744.4400719213812);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(log(1)).toBe(0);
  });

  it('handles what has no logarithm', () => {
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is within one unit in the last place of the engine', () => {
    const positive = double({ min: 0, noNaN: true, minExcluded: true });
    assert(property(positive, (x) => ulps(log(x), Math.log(x)) <= 1));
  });
});

describe('exp', () => {
  it('has these very bits', () => {
    expect(exp(0)).toBe(1);
    expect(exp(2)).toBe(7.38905609893065);
    expect(exp(-1)).toBe(0.36787944117144233);
    expect(exp(700)).toBe(1.0142320547350045e304);
    expect(exp(-745)).toBe(5e-324);
  });

  it('handles the ends', () => {
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-746)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
  });

  it('is within one unit in the last place of the engine', () => {
    assert(
      property(
        double({ min: -700, max: 709.7, noNaN: true }),
        (x) => ulps(exp(x), Math.exp(x)) <= 1,
      ),
    );
  });
});

it('pow raises to a power', () => {
  expect(pow(2, 10)).toBeCloseTo(1024, 9);
  expect(pow(9, 0.5)).toBeCloseTo(3, 14);
});
