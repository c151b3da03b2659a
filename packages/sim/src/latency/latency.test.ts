import { assert, constantFrom, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationCurve, interpolateDuration } from './duration-curve.ts';
import { KERNEL_CLASSES, kernelClass } from './kernel-class.ts';
import { constantsWithout } from './left-out.ts';
import { TwoSampleLaw } from './two-samples.ts';
import { latencyKernel, waveLoss } from './waves.ts';

const COUNTS = [1, 2, 4, 8, 12, 16, 24, 33, 44, 54, 66];

const kernels = record({
  class: constantFrom(...KERNEL_CLASSES),
  blocks: integer({ min: 1, max: 200_000 }),
  occupancy: integer({ min: 1, max: 32 }),
});
const times = double({ min: 600, max: 1e8, noNaN: true });

describe('kernelClass', () => {
  it.each([
    ['nvjet_sm90_hsh_64x8_64x16_1x2_h_bz_TNT', 131, 'nvjet-wave'],
    ['nvjet_sm90_hsh_64x256_64x4_1x2_h_bz_TNT', 132, 'nvjet-pers-p2'],
    ['nvjet_sm90_hsh_192x192_64x4_1x2_h_bz_TNT', 132, 'nvjet-pers'],
    ['cudnn_generated_fort_native_sdpa_sm90_flash_fprop', 64, 'attention'],
    ['sm90_xmma_fprop_implicit_gemm_f16f16', 132, 'gemm-pers'],
    ['sm90_xmma_fprop_implicit_gemm_f16f16', 133, 'gemm'],
    ['sm80_xmma_fprop_implicit_gemm_f16f16', 64, 'gemm'],
    ['void CONV2d_c1_k1_nhwc', 64, 'gemm'],
    ['void at::native::index_elementwise_kernel<128, 4>', 88, 'elementwise'],
    ['void cudnn::batch_norm_bwtr', 8, 'batchnorm'],
    ['void EmbeddingBag_updateOutputKernel', 1024, 'gather'],
    ['void softmax_warp_forward', 1024, 'other'],
  ] as const)('%s with %d blocks is %s', (name, blocks, expected) => {
    expect(kernelClass(name, blocks)).toBe(expected);
  });
});

describe('waveLoss', () => {
  it('is what a partial wave wastes', () => {
    expect(waveLoss(132, 132)).toBe(1);
    expect(waveLoss(133, 132)).toBeCloseTo(264 / 133, 12);
    expect(waveLoss(66, 132)).toBe(2);
  });

  it('gives a copy no waves', () => {
    expect(latencyKernel('gpu_memset', 0, 32)).toMatchObject({ blocks: 2 ** 20, occupancy: 1 });
  });
});

describe('TwoSampleLaw', () => {
  it('is positive and finite at every TPC count, and meets the second sample', () => {
    assert(
      property(kernels, times, times, integer({ min: 1, max: 16 }), (kernel, few, all, fewTpcs) => {
        const law = new TwoSampleLaw(kernel, { fewTpcs, fewNs: few, allTpcs: 66, allNs: all });
        for (let n = 1; n <= 80; n++) {
          expect(law.at(n)).toBeGreaterThan(0);
          expect(law.at(n)).toBeLessThan(Number.POSITIVE_INFINITY);
        }
        expect(law.at(66)).toBe(all);
      }),
    );
  });

  it('meets the first sample of a launch that more TPCs shorten', () => {
    const kernel = latencyKernel('void softmax', 10_000, 2);
    const law = new TwoSampleLaw(kernel, { fewTpcs: 1, fewNs: 4e5, allTpcs: 66, allNs: 9e3 });
    expect(law.at(1)).toBeCloseTo(4e5, 3);
    expect(law.at(8)).toBeLessThan(law.at(4));
  });

  it('takes a profile of one TPC count', () => {
    const kernel = latencyKernel('void softmax', 10_000, 2);
    const law = new TwoSampleLaw(kernel, { fewTpcs: 66, fewNs: 9e3, allTpcs: 66, allNs: 9e3 });
    expect(law.at(66)).toBe(9e3);
    expect(law.at(33)).toBeGreaterThan(1.5 * 9e3);
  });
});

describe('DurationCurve', () => {
  it('uses measured counts as they are', () => {
    const sample = record(Object.fromEntries(COUNTS.map((n) => [n, times])));
    assert(
      property(kernels, sample, (kernel, byCount) => {
        const durations = COUNTS.map((n) => byCount[n] as number);
        const curve = new DurationCurve(kernel, COUNTS, durations);
        COUNTS.forEach((n, i) => {
          expect(curve.at(n)).toBe(durations[i]);
        });
        for (let n = 1; n <= 80; n++) {
          expect(curve.at(n)).toBeGreaterThan(0);
          expect(curve.at(n)).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it('finds the time of a launch that scales as 1/n with a fixed part', () => {
    const kernel = latencyKernel('void softmax', 1_000_000, 2);
    const time = (n: number): number => 900 + 5e6 / n;
    for (const n of [3, 10, 40, 60]) {
      const found = interpolateDuration(kernel, COUNTS, COUNTS.map(time), n);
      expect(Math.abs(found / time(n) - 1)).toBeLessThan(1e-3);
    }
  });

  it('extends below the smallest count, and takes two counts, one, and times of 0', () => {
    const kernel = latencyKernel('void softmax', 1_000_000, 2);
    const below = interpolateDuration(kernel, [4, 16, 66], [1e6, 2.5e5, 7e4], 2);
    expect(Math.abs(below / 2e6 - 1)).toBeLessThan(0.1);
    expect(interpolateDuration(kernel, [1, 66], [4e6, 7e4], 8)).toBeLessThan(6e5);
    expect(interpolateDuration(kernel, [66], [7e4], 33)).toBeGreaterThan(7e4);
    expect(interpolateDuration(kernel, COUNTS, new Float64Array(COUNTS.length), 3)).toBeGreaterThan(
      0,
    );
  });

  it('has these very bits in every engine', () => {
    const kernel = latencyKernel('nvjet_sm90_hsh_64x8_64x16_1x2_h_bz_TNT', 64, 1);
    const found = interpolateDuration(kernel, [1, 4, 16, 66], [61_230, 16_780, 5120, 2910], 10);
    expect(found).toBe(8888.66289419487);
  });
});

describe('constantsWithout', () => {
  it('leaves a family out, and knows others', () => {
    expect(constantsWithout('dlrm').gather).not.toEqual(constantsWithout('').gather);
    expect(constantsWithout('toString')).toBe(constantsWithout(''));
    expect(Object.keys(constantsWithout('dlrm')).sort()).toEqual([...KERNEL_CLASSES].sort());
  });
});
