import type { KernelProfile } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDevice } from '../devices/registry.ts';
import type { ClassConstants } from './constants.ts';
import { ClassFit, classesOf, type FittedProfile } from './fit.ts';
import { nelderMead } from './nelder-mead.ts';
import { profiledLatencyKernel } from './profiled.ts';
import { twoSampleDuration } from './two-samples.ts';

const H200 = findDevice('h200');
const TPCS = [1, 2, 4, 8, 12, 16, 24, 33, 44, 54, 66];
const PRIOR = [0.7, 0.2, 0.5, 0, 0, 0, 0.03];

const kernel = (blocks: number): KernelProfile['kernels'][number] => ({
  name: 'vectorized_elementwise_kernel',
  grid: [blocks, 1, 1],
  block: [256, 1, 1],
  registersPerThread: 32,
  sharedMemoryBytes: 0,
});

/** Launches that take exactly what the law says with these constants. */
function lawful(constants: ClassConstants, kernels: number): FittedProfile {
  const launched = Array.from({ length: kernels }, (_, i) => kernel(90 * (i + 1) ** 2));
  const times = launched.map((launch, i) => {
    const allNs = 4000 * 1.4 ** i;
    const samples = { fewTpcs: 1, fewNs: (20 + 3 * i) * allNs, allTpcs: 66, allNs };
    const law = profiledLatencyKernel(launch, H200);
    const elementwise = { elementwise: constants } as Parameters<typeof twoSampleDuration>[3];
    return TPCS.map((n) =>
      n === 1 ? samples.fewNs : twoSampleDuration(law, samples, n, elementwise),
    );
  });
  return {
    kernels: launched,
    sequence: launched.map((_, i) => i),
    tpcCounts: TPCS,
    durationNs: TPCS.map((_, i) => times.map((of) => of[i] ?? Number.NaN)),
  };
}

describe('nelderMead', () => {
  it('finds the ground of a curved valley', () => {
    const valley = ([x = 0, y = 0]: readonly number[]): number =>
      (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    const { point, value } = nelderMead(valley, [-1.2, 1], [0.5, 0.5]);
    expect(value).toBeLessThan(1e-6);
    expect(point[0]).toBeCloseTo(1, 2);
    expect(point[1]).toBeCloseTo(1, 2);
  });

  it('finds the middle of a bowl, and leaves alone what has no step', () => {
    const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate, coordinate), (middle) => {
        const bowl = (point: readonly number[]): number =>
          point.reduce((sum, x, i) => sum + (i + 1) * (x - (middle[i] as number)) ** 2, 0);
        const { point } = nelderMead(bowl, [0, 0, 7], [1, 1, 0]);
        expect(point[0]).toBeCloseTo(middle[0], 2);
        expect(point[1]).toBeCloseTo(middle[1], 2);
        expect(point[2]).toBe(7);
      }),
    );
  });
});

describe('ClassFit', () => {
  const made: ClassConstants = [0.4, 0.35, 0.9, 0.1, -0.2, 0.05, 0.06];
  const fit = new ClassFit('elementwise', [lawful(made, 12)], H200);

  it('finds constants with which made-up launches take the time they take', () => {
    const ridge =
      0.0005 * [0.36, 0.09, 4 / 12.25, 1 / 9, 0.16, 0.0625, 9 / 64].reduce((a, b) => a + b);
    expect(fit.error(made)).toBeCloseTo(ridge, 9);
    expect(fit.error(PRIOR as unknown as ClassConstants)).toBeGreaterThan(5 * ridge);
    expect(fit.error(fit.fit())).toBeLessThanOrEqual(fit.error(made));
  });

  it('gives the prior to a class with two kernels, and none to one that is absent', () => {
    const profiles = [lawful(made, 2)];
    expect(new ClassFit('elementwise', profiles, H200).fit()).toEqual(PRIOR);
    expect(classesOf(profiles, H200)).toEqual(['elementwise']);
  });

  it('holds that a partial wave of nvjet-wave is lost whole', () => {
    const named = (profile: FittedProfile): FittedProfile => ({
      ...profile,
      kernels: profile.kernels.map((k, i) => ({
        ...k,
        name: 'nvjet_sm90_hsh_64x8_64x16',
        grid: [40 + 9 * i, 1, 1],
      })),
    });
    const [blockLoss, slotLoss, , , , slope] = new ClassFit(
      'nvjet-wave',
      [named(lawful(made, 6))],
      H200,
    ).fit();
    expect([blockLoss, slotLoss, slope]).toEqual([1, 0, 0]);
  });
});
