import { describe, expect, it } from 'vitest';
import { interpolateDuration } from './duration-curve.ts';
import { constantsWithout } from './left-out.ts';
import { twoSampleDuration } from './two-samples.ts';
import { latencyKernel } from './waves.ts';

const FROM_1 = [1, 2, 4, 8, 12, 16, 24, 33, 44, 54, 66];
const FROM_4 = FROM_1.slice(2);

/**
 * Launches of the H200 profiles with what the reference implementation (Python, with the platform's
 * own exp and log) says of them, µs at the inner TPC counts to six digits.
 */
const CASES = [
  {
    name: 'nvjet_sm90_hsh_128x192_64x5_2x1_v_bz_coopB_TNN',
    class: 'nvjet-pers',
    family: 'resnet50',
    blocks: 132,
    occupancy: 1,
    counts: FROM_1,
    measured: [273.31, 138.53, 71.71, 38.56, 26.27, 21.76, 13.79, 9.92, 9.76, 9.86, 6.37],
    twoSamples: [137.949, 70.2463, 36.3746, 26.9348, 19.4193, 14.7006, 10.8387, 10.1738, 9.8236],
    interpolated: [137.904, 71.8772, 38.1974, 27.0076, 20.6968, 14.0802, 9.7877, 9.8664, 10.239],
    twoSamplesLeftOut: [
      137.32, 69.3253, 35.3343, 26.7367, 18.3736, 14.1443, 10.0763, 10.0991, 10.1577,
    ],
  },
  {
    name: 'nvjet_sm90_hsh_192x192_64x4_2x1_v_bz_coopB_bias_TNN',
    class: 'nvjet-pers',
    family: 'gptj-6b',
    blocks: 132,
    occupancy: 1,
    counts: FROM_4,
    measured: [3484.28, 1765.84, 1204.79, 915.19, 610.43, 437.31, 357.18, 330.46, 259.29],
    twoSamples: [1752.56, 1196.98, 891.044, 617.594, 458.486, 374.631, 329.786],
    interpolated: [1766.16, 1207.53, 903.815, 610.921, 445.97, 367.229, 317.569],
    twoSamplesLeftOut: [1753.55, 1199.63, 889.073, 614.255, 452.029, 370.747, 328.872],
  },
  {
    name: 'void at::native::vectorized_elementwise_kernel<8, at::native',
    class: 'elementwise',
    family: 'resnet50',
    blocks: 3136,
    occupancy: 12,
    counts: FROM_1,
    measured: [83.78, 44.22, 22.78, 11.97, 8.58, 6.85, 5.06, 4.19, 4.03, 3.94, 3.94],
    twoSamples: [42.4427, 21.8081, 11.6544, 8.3462, 6.8131, 5.3622, 4.6439, 4.2525, 4.0959],
    interpolated: [43.1138, 22.6711, 12.1398, 8.4984, 6.8408, 5.1596, 4.4265, 3.9816, 4.0941],
    twoSamplesLeftOut: [42.4347, 21.7759, 11.5993, 8.2744, 6.7453, 5.3024, 4.5997, 4.2307, 4.0909],
  },
  {
    name: 'void at::native::elementwise_kernel<128, 4, at::native::gpu_',
    class: 'elementwise',
    family: 'gptj-6b',
    blocks: 15360,
    occupancy: 16,
    counts: FROM_4,
    measured: [331.45, 167.39, 113.05, 85.79, 58.75, 43.2, 33.31, 28, 25.63],
    twoSamples: [166.755, 112.064, 84.8662, 57.9482, 43.7144, 34.333, 29.3969],
    interpolated: [167.587, 112.95, 85.8448, 57.9627, 43.7555, 33.2839, 28.8141],
    twoSamplesLeftOut: [166.801, 112.116, 84.9199, 58.0116, 43.7958, 34.4591, 29.5653],
  },
  {
    name: 'nvjet_sm90_hsh_128x112_64x7_1x2_h_bz_TNT',
    class: 'nvjet-wave',
    family: 'resnet50',
    blocks: 112,
    occupancy: 1,
    counts: FROM_1,
    measured: [170.62, 86.78, 43.84, 22.46, 16.22, 13.12, 10.08, 7.39, 7.17, 7.3, 4.77],
    twoSamples: [85.7789, 43.3707, 22.199, 16.179, 13.1881, 10.2297, 7.3492, 7.3575, 7.3652],
    interpolated: [86.0966, 43.8941, 22.4361, 16.2452, 13.1614, 10.1883, 7.2911, 7.3427, 7.2189],
    twoSamplesLeftOut: [
      85.7822, 43.3763, 22.2071, 16.1886, 13.1988, 10.242, 7.3608, 7.3711, 7.3804,
    ],
  },
  {
    name: 'void cutlass::Kernel2<cutlass_75_wmma_tensorop_f16_s161616ge',
    class: 'gemm',
    family: 'dlrm',
    blocks: 64,
    occupancy: 4,
    counts: FROM_1,
    measured: [34.3, 17.54, 9.57, 5.44, 4.45, 3.46, 3.52, 3.29, 3.23, 3.23, 3.23],
    twoSamples: [18.0307, 9.8589, 5.7403, 4.9005, 4.0924, 4.0554, 3.2561, 3.2424, 3.2346],
    interpolated: [17.857, 9.5288, 5.4735, 4.3265, 3.8749, 3.7193, 3.1279, 3.256, 3.2291],
    twoSamplesLeftOut: [18.0871, 9.904, 5.75, 4.9108, 4.1008, 4.0628, 3.2571, 3.2428, 3.2348],
  },
  {
    name: 'void at::native::vectorized_gather_kernel<16, long>(char*, c',
    class: 'gather',
    family: 'llama3-8b',
    blocks: 1024,
    occupancy: 8,
    counts: FROM_1,
    measured: [69.44, 35.2, 19.07, 10.46, 7.55, 6.17, 4.8, 4.06, 3.71, 3.9, 3.78],
    twoSamples: [35.1587, 18.0297, 9.5191, 6.772, 5.4902, 4.4228, 4.0241, 3.8614, 3.8062],
    interpolated: [35.8535, 18.6855, 10.3826, 7.6275, 6.1069, 4.8168, 4.1372, 3.937, 3.761],
    twoSamplesLeftOut: [35.1572, 18.0277, 9.5173, 6.773, 5.4895, 4.4255, 4.0253, 3.8616, 3.8063],
  },
  {
    name: 'void at::native::vectorized_gather_kernel<16, long>(char*, c',
    class: 'gather',
    family: 'gptj-6b',
    blocks: 3840,
    occupancy: 8,
    counts: FROM_4,
    measured: [67.58, 34.91, 24.83, 19.01, 13.21, 10.37, 9.44, 8.9, 8.89],
    twoSamples: [35.6031, 25.0904, 19.9097, 14.8356, 12.1678, 10.4337, 9.5095],
    interpolated: [35.4864, 24.3035, 19.0396, 13.3451, 11.0593, 9.3753, 9.099],
    twoSamplesLeftOut: [35.6561, 25.151, 19.9682, 14.8826, 12.2019, 10.4523, 9.5166],
  },
  {
    name: 'cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_',
    class: 'attention',
    family: 'llama3-8b',
    blocks: 128,
    occupancy: 1,
    counts: FROM_1,
    measured: [396.86, 198.24, 100.38, 51.1, 36.26, 29.38, 21.54, 18.69, 15.52, 15.74, 11.65],
    twoSamples: [199.266, 100.651, 51.6678, 35.741, 27.7293, 20.2177, 16.2941, 14.0101, 12.849],
    interpolated: [199.136, 100.022, 51.9483, 37.1311, 28.4316, 22.5243, 17.2232, 16.7113, 13.5737],
    twoSamplesLeftOut: [
      199.359, 100.841, 51.9392, 35.8899, 28.0178, 20.3886, 16.4425, 13.9781, 12.7017,
    ],
  },
  {
    name: 'void at::native::(anonymous namespace)::vectorized_layer_nor',
    class: 'other',
    family: 'llama3-8b',
    blocks: 512,
    occupancy: 16,
    counts: FROM_1,
    measured: [87.23, 46.56, 25.34, 14.24, 11.46, 7.94, 6.18, 6.08, 6.21, 6.14, 6.27],
    twoSamples: [44.8094, 23.8317, 13.6251, 11.0926, 8.8263, 7.6837, 7.0503, 6.6496, 6.4527],
    interpolated: [45.8605, 24.9221, 14.4809, 10.8746, 8.2011, 6.8019, 6.1403, 6.0662, 6.2602],
    twoSamplesLeftOut: [44.8428, 23.8816, 13.6799, 11.1177, 8.8765, 7.7173, 7.0688, 6.6585, 6.4587],
  },
  {
    name: 'void at::native::(anonymous namespace)::vectorized_layer_nor',
    class: 'other',
    family: 'gptj-6b',
    blocks: 1920,
    occupancy: 16,
    counts: FROM_4,
    measured: [173.18, 88.61, 60.51, 46.46, 32.29, 24.83, 20.35, 19.45, 16.03],
    twoSamples: [89.4617, 60.3408, 46.9113, 33.6114, 25.9638, 21.6839, 19.5374],
    interpolated: [89.2667, 60.0858, 46.4012, 32.5839, 24.8701, 21.2258, 18.3373],
    twoSamplesLeftOut: [89.6653, 60.5016, 47.1024, 33.8092, 26.0757, 21.8211, 19.6786],
  },
];

describe('the reference implementation', () => {
  it.each(CASES)('agrees on $class: $name', (c) => {
    const kernel = latencyKernel(c.name, c.blocks, c.occupancy);
    expect(kernel.class).toBe(c.class);
    const ns = c.measured.map((us) => us * 1000);
    const samples = {
      fewTpcs: c.counts[0] ?? 0,
      fewNs: ns[0] ?? 0,
      allTpcs: 66,
      allNs: ns.at(-1) ?? 0,
    };
    c.counts.slice(1, -1).forEach((n, i) => {
      const rest = (_: number, j: number): boolean => j !== i + 1;
      const interpolated = interpolateDuration(kernel, c.counts.filter(rest), ns.filter(rest), n);
      const leftOut = twoSampleDuration(kernel, samples, n, constantsWithout(c.family));
      near(twoSampleDuration(kernel, samples, n), c.twoSamples[i]);
      near(interpolated, c.interpolated[i]);
      near(leftOut, c.twoSamplesLeftOut[i]);
    });
  });
});

function near(ns: number, us: number | undefined): void {
  expect(Math.abs(ns / 1000 / (us ?? 0) - 1)).toBeLessThan(5e-5);
}
