import { KernelInterner } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { h200 } from '../devices/h200.ts';
import { kernelsOf } from '../testing/kernels.ts';
import { withVisibleTpcs } from './visible-tpcs.ts';

const US = 1000;
/** One block an SM; the waves of 132 blocks on n TPCs take 100 us each. */
const ns = (n: number): number => 100 * US * Math.ceil(66 / n);
const NVJET = 'nvjet_sm90_hsh_256x128_64x4_1x2_h_bz_coopA_TNT';
const [PERSISTENT, ORDINARY] = kernelsOf(h200, [
  { name: NVJET, blocks: 132, threads: 384, sharedMemoryBytes: 200_000, ns },
  { name: 'ordinary', blocks: 132, threads: 384, sharedMemoryBytes: 200_000, ns },
]);
const WORKS = [PERSISTENT, ORDINARY].flatMap((work) => (work === undefined ? [] : [work]));

describe('a persistent kernel', () => {
  it('is known by its name and its grid, and is never cut', () => {
    expect(WORKS.map((w) => [w.kernel.persistent, w.kernel.splittable])).toEqual([
      [true, false],
      [undefined, true],
    ]);
  });

  it('has a block for every SM that its tenant sees, and no second wave', () => {
    const [on40, ordinary] = withVisibleTpcs(WORKS, 40, new KernelInterner());
    expect(on40?.kernel.grid).toEqual([80, 1, 1]);
    // 132 blocks' work on 80 SMs: 1.65 waves' time instead of two.
    expect(on40?.durationNs[40]).toBeCloseTo(165 * US);
    expect(on40?.durationNs[66]).toBeCloseTo(165 * US);
    expect(on40?.durationNs[20]).toBeCloseTo(330 * US);
    expect(on40?.durationNs[30]).toBeCloseTo(330 * US);
    expect(ordinary).toBe(ORDINARY);
  });

  it('is as measured where its tenant sees the whole device', () => {
    expect(withVisibleTpcs(WORKS, 66, new KernelInterner())).toEqual(WORKS);
  });
});
