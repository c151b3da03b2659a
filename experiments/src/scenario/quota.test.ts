import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allotQuotas } from './quota.ts';
import { readSource } from './source.ts';

const DEVICE = { id: 'd', tpcCount: 54, memoryBytes: 1, blockSharedBytes: 1, smRegisters: 1 };
const ENTRY = readSource('{}', 'f');

const allot = (tpcs: readonly number[]) =>
  allotQuotas(
    tpcs.map((n) => ({ entry: ENTRY, tenant: 't', text: `${n}`, tpcs: n })),
    DEVICE,
  );

describe('allotQuotas', () => {
  it('gives the largest fractions what is left, the earlier tenant first', () => {
    expect(allot([40.5, 13.5])).toEqual([41, 13]);
    expect(allot([18.1, 17.2, 18.7])).toEqual([18, 17, 19]);
    expect(allot([40.5])).toEqual([40]);
    expect(allot([10, 5.5, 5.6])).toEqual([10, 5, 6]);
  });

  it('covers the device if shares add up to all of it, and stays within one TPC of each', () => {
    const weights = fc.array(fc.integer({ min: 5, max: 100 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (parts) => {
        const sum = parts.reduce((a, b) => a + b, 0);
        const exact = parts.map((part) => (part / sum) * DEVICE.tpcCount);
        fc.pre(exact.every((tpcs) => tpcs >= 1));
        const whole = allot(exact);
        expect(whole.reduce((a, b) => a + b, 0)).toBe(DEVICE.tpcCount);
        whole.forEach((n, i) => {
          expect(Math.abs(n - (exact[i] ?? Number.NaN))).toBeLessThan(1);
        });
      }),
    );
  });
});
