import { exp, log, pow } from '@lithos/core';
import { FITTED_ON_ALL, type LatencyConstants } from './constants.ts';
import { type LatencyKernel, SMS_PER_TPC, waveLoss } from './waves.ts';

/** Device times of one launch on few TPCs and on all: what online right-sizing has. */
export interface TwoSamples {
  readonly fewTpcs: number;
  readonly fewNs: number;
  readonly allTpcs: number;
  readonly allNs: number;
}

/** The part of a launch that no TPC shortens, launch and drain, in µs; and its greatest share. */
export const FIXED_US = 0.9;
const FIXED_SHARE = 0.8;
/** No measured time is shorter, µs. */
const SHORTEST_US = 1e-3;
/** Persistent nvjet kernels never work on more than 128 tiles at once, whatever their grid. */
const NVJET_BLOCKS = 128;
const TINY = 1e-9;

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/**
 * A launch's time on n TPCs from two samples: with A the fixed part, w(n) the launch's time in waves
 * relative to 1/n, and p a sharpness,
 *
 *     (T(n) - A)^p = X w(n)^p + Y^p
 *
 * that is, work quantised in waves, p-normed with a floor that TPCs do not shorten (DRAM, chains of
 * dependent instructions). X and Y follow from the samples; the sharpness and the losses in w from
 * constants fitted per kernel class (`constants.ts`). Found by comparing forms on the H200 profiles.
 */
export class TwoSampleLaw {
  private readonly fewTpcs: number;
  private readonly allTpcs: number;
  private readonly blocks: number;
  private readonly occupancy: number;
  private readonly allNs: number;
  private readonly allUs: number;
  private readonly fixedUs: number;
  /** Share of a partial wave that is lost: of one block per SM, and of full SMs beyond that. */
  private readonly blockLoss: number;
  private readonly slotLoss: number;
  private readonly growth: number;
  private readonly sharpness: number;
  private readonly fewWork: number;
  private readonly allWork: number;
  /** X w(all)^p in units of (T(all) - A)^p, over (w(few) / w(all))^p - 1. */
  private readonly slope: number;

  constructor(
    kernel: LatencyKernel,
    samples: TwoSamples,
    constants: LatencyConstants = FITTED_ON_ALL,
  ) {
    const [blockLoss, slotLoss, a, b, c, blockLossSlope, growth] = constants[kernel.class];
    const { fewTpcs, allTpcs } = samples;
    const few = Math.max(SHORTEST_US, samples.fewNs / 1000);
    const all = Math.max(SHORTEST_US, samples.allNs / 1000);
    const { blocks } = kernel;
    this.blocks = kernel.class.startsWith('nvjet') ? Math.min(blocks, NVJET_BLOCKS) : blocks;
    this.occupancy = kernel.occupancy;
    this.fewTpcs = fewTpcs;
    this.allTpcs = allTpcs;
    this.allNs = samples.allNs;
    this.allUs = all;
    this.growth = growth;
    this.fixedUs = Math.min(FIXED_US, FIXED_SHARE * all);
    this.blockLoss = clamp(blockLoss + blockLossSlope * log(all / 30), 0, 1.1);
    this.slotLoss = clamp(slotLoss, 0, 1.1);
    const speedup = Math.max((fewTpcs * few) / all, 1);
    this.sharpness = clamp(exp(a + b * log(all / 10) + c * log(speedup / 40)), 0.6, 20);
    this.fewWork = this.work(fewTpcs);
    this.allWork = this.work(allTpcs);
    const ratio = pow(
      Math.max((few - this.fixedUs) / (all - this.fixedUs), 1.0001),
      this.sharpness,
    );
    const span = pow(this.fewWork / this.allWork, this.sharpness) - 1;
    this.slope = fewTpcs === allTpcs ? 1 : (ratio - 1) / (Math.abs(span) < TINY ? TINY : span);
  }

  /** Predicted time on `n` TPCs, ns. More TPCs than the second sample had bring nothing. */
  at(n: number): number {
    const { allUs, fixedUs, sharpness } = this;
    if (n >= this.allTpcs) return this.allNs;
    const own = this.work(n);
    const work = n < this.fewTpcs ? own : Math.min(own, this.fewWork);
    const power = 1 + this.slope * (pow(work / this.allWork, sharpness) - 1);
    return 1000 * (fixedUs + (allUs - fixedUs) * pow(Math.max(power, 0.3), 1 / sharpness));
  }

  /** w(n): time in waves, relative; 1/n for a grid that fills every wave. */
  private work(n: number): number {
    const slots = SMS_PER_TPC * n;
    const blockWaves = waveLoss(this.blocks, slots);
    const slotWaves = waveLoss(this.blocks, slots * this.occupancy);
    const lost =
      this.blockLoss * (blockWaves - 1) + this.slotLoss * Math.max(slotWaves - blockWaves, 0);
    const part = n < this.allTpcs ? 1 + (this.growth * n) / this.allTpcs : 1;
    return ((1 + lost) / n) * part;
  }
}

/** Time of a launch on `n` TPCs, ns, from its times at two TPC counts; see `TwoSampleLaw`. */
export function twoSampleDuration(
  kernel: LatencyKernel,
  samples: TwoSamples,
  n: number,
  constants: LatencyConstants = FITTED_ON_ALL,
): number {
  return new TwoSampleLaw(kernel, samples, constants).at(n);
}
