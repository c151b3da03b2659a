import type { KernelClass } from './kernel-class.ts';

/**
 * Fitted constants of a kernel class; T is the time on the whole device in µs.
 * `blockLoss + blockLossSlope ln(T / 30)`: share of a partial wave of one block per SM that is lost;
 * `slotLoss`: the same of the SM's further slots; `sharpness + sharpnessByTime ln(T / 10) +
 * sharpnessBySpeedup ln(S / 40)`: logarithm of p, S being the speed-up from the first sample to the
 * second; `growth`: extra work per share of the device in use.
 */
export type ClassConstants = readonly [
  blockLoss: number,
  slotLoss: number,
  sharpness: number,
  sharpnessByTime: number,
  sharpnessBySpeedup: number,
  blockLossSlope: number,
  growth: number,
];

export type LatencyConstants = Readonly<Record<KernelClass, ClassConstants>>;

/**
 * Source: fitted to the 29 H200 profiles that ship, each kernel class by itself: Nelder-Mead on the
 * two-sample error at the inner TPC counts, 60 % time-weighted over all launches and 40 % the mean of
 * the workloads' own errors, with a ridge of 0.0005 sum(((v - prior) / scale)^2) towards
 * (0.7, 0.2, 0.5, 0, 0, 0, 0.03), scales (0.5, 0.5, 0.7, 0.3, 0.5, 0.2, 0.08). A partial wave of
 * `nvjet-wave` is taken to be lost whole. Error with these: 1.81 % for two samples, 1.19 % for
 * interpolation; with each workload's model family left out (`left-out.ts`) 2.07 % and 1.20 %.
 * `packages/sim/tools/fit-latency.mjs` repeats the fit, but not the search, of which nothing is kept:
 * the minima are flat, and what it finds has other digits and 1.77 % and 1.17 %.
 */
export const FITTED_ON_ALL: LatencyConstants = {
  'nvjet-wave': [1, 0, 0.787, -0.081, -0.308, 0, 0.009],
  'nvjet-pers-p2': [0.635, 0.017, 0.985, -0.033, -0.329, 0.099, 0.053],
  'nvjet-pers': [0.436, 0.202, 0.047, 0.213, 0.053, -0.139, 0.059],
  attention: [0.021, 0.703, 0.549, 0.033, -0.423, -0.016, 0.054],
  'gemm-pers': [0.795, 0.266, 0.572, 0.149, 0.064, -0.288, 0.038],
  gemm: [0.903, 0.209, 0.02, 0.099, 0.042, -0.02, -0.001],
  elementwise: [0.666, 0.104, 0.652, 0.039, -0.136, 0.02, 0.006],
  batchnorm: [0.567, 0.354, -0.154, 0.036, -0.433, -0.052, -0.023],
  gather: [0.283, -0.034, -0.086, -0.411, -1.096, 0.113, -0.028],
  other: [0.868, 0.185, 0.338, -0.09, 0.034, 0.033, 0.001],
};
