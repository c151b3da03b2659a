import { KernelInterner, type KernelProfile } from '@lithos/core';
import {
  ClassFit,
  constantsWithout,
  findDevice,
  fitPower,
  powerConstants,
  prepareProfile,
} from '@lithos/sim';
import { beforeAll, describe, expect, it } from 'vitest';
import { shippedProfiles } from '../node/validate.ts';
import { validateKernels } from './kernels.ts';
import { validatePower } from './power.ts';
import { absPercentile } from './statistics.ts';
import type { KernelValidation } from './types.ts';

const PROFILES = shippedProfiles('h200');

describe('validateKernels', () => {
  let result: KernelValidation;
  beforeAll(() => {
    result = validateKernels(PROFILES);
  }, 60_000);

  it('holds its figures with the model family left out', () => {
    expect(result).toMatchObject({ what: 'kernels', fit: 'family-left-out' });
    expect(result.interpolation_weighted_abs_error_pct).toBeCloseTo(1.2, 1);
    expect(result.weighted_abs_error_pct).toBeCloseTo(2.07, 1);
    expect(result.worst_workload.weighted_abs_error_pct).toBeCloseTo(4.3, 1);
    expect(result.fitted_on_all.weighted_abs_error_pct).toBeCloseTo(1.81, 1);
  });

  it('has two cases per workload and inner TPC count', () => {
    // Two of the prefills were not measured on 1 and 2 TPCs.
    expect(result.cases).toHaveLength(2 * (29 * 9 - 2 * 2));
    const [first] = result.cases;
    expect(first).toMatchObject({ id: 'bert-large-s384-b1@2', quantity: 'interpolation' });
    expect(first?.measured).toBe(
      (PROFILES[0]?.durationNs[1] ?? []).reduce((sum, ns) => sum + ns, 0),
    );
    for (const c of result.cases) {
      // Errors of positions cancel in sums, and never the other way round.
      const ofSums = (100 * Math.abs(c.predicted - c.measured)) / c.measured;
      expect(c.error_pct).toBeGreaterThanOrEqual(ofSums - 1e-9);
    }
  });

  it('weights by measured time', () => {
    const own = result.cases.filter((c) => c.quantity === 'two_samples');
    const time = own.reduce((sum, c) => sum + c.measured, 0);
    const error = own.reduce((sum, c) => sum + c.error_pct * c.measured, 0) / time;
    expect(error).toBeCloseTo(result.weighted_abs_error_pct, 9);
  });
});

describe('the latency constants', () => {
  // Of the other classes there are so many launches that a fit takes its time.
  it.each([
    ['nvjet-pers', 1.06],
    ['gemm', 1.06],
    ['gather', 1.32],
  ] as const)(
    'of %s are nearly as good as what packages/sim/tools/fit-latency.mjs finds',
    (kernelClass, most) => {
      const fit = new ClassFit(kernelClass, PROFILES, findDevice('h200'));
      const error = fit.error(constantsWithout('')[kernelClass]) / fit.error(fit.fit());
      expect(error).toBeGreaterThan(1);
      expect(error).toBeLessThan(most);
    },
  );
});

describe('validatePower', () => {
  it('holds its figure with the model family left out', () => {
    const result = validatePower(PROFILES);
    expect(result.cases).toHaveLength(29);
    expect(result.mean_abs_error_pct).toBeLessThan(5);
    expect(result.max_abs_error_pct).toBeLessThan(13);
    expect(result.fitted_on_all.mean_abs_error_pct).toBeLessThan(result.mean_abs_error_pct);
    expect(result.median_abs_error_pct).toBeLessThan(result.p90_abs_error_pct);
  });

  it('uses constants that are those of the profiles: else run packages/sim/tools/fit-power.mjs', () => {
    const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-3 * Math.abs(a);
    for (const family of [undefined, 'dlrm', 'llama3-8b']) {
      const fitted = fitPower(PROFILES.filter((p) => p.model !== family));
      const kept = powerConstants(family);
      fitted.wattsPerTerm.forEach((watts, t) => {
        expect(near(watts, kept.wattsPerTerm[t] ?? 0)).toBe(true);
      });
      for (const [kind, value] of Object.entries(fitted.tensorPerWork)) {
        const same = Object.entries(kept.tensorPerWork).find(([k]) => k === kind);
        expect(near(value, same?.[1] ?? 0)).toBe(true);
      }
    }
  });
});

describe('prepared profiles', () => {
  const h200 = findDevice('h200');
  const prepare = (profile: KernelProfile) =>
    prepareProfile(profile, h200, h200, 'graph', new KernelInterner());

  it('have the measured times at measured TPC counts, and sound ones at all others', () => {
    for (const profile of PROFILES.filter((p) => /dlrm-b128|prefill-t2048/.test(p.id))) {
      prepare(profile).forEach((kernel, position) => {
        profile.tpcCounts.forEach((n, i) => {
          const measured = profile.durationNs[i]?.[position] ?? 0;
          expect(kernel.durationNs[n]).toBe(measured);
        });
        for (const ns of kernel.durationNs.subarray(1)) {
          expect(ns > 0 && Number.isFinite(ns)).toBe(true);
        }
      });
    }
  });
});

it('percentiles are by nearest rank, of absolute values', () => {
  const values = [-4, 3, -2, 1];
  expect([50, 75, 90].map((p) => absPercentile(values, p))).toEqual([2, 3, 4]);
  expect(absPercentile([], 50)).toBe(0);
});
