import { exp, log } from '@lithos/core';
import { FITTED_ON_ALL, type LatencyConstants } from './constants.ts';
import { FIXED_US, TwoSampleLaw } from './two-samples.ts';
import { type LatencyKernel, SMS_PER_TPC, waveLoss } from './waves.ts';

/** Shapes that are tried: constant, two wave quantisations, and the two-sample law. */
const SHAPES = 4;
/** Error at which a shape's weight falls by e, and what the law's error is credited with. */
const SOFTNESS = 0.03;
const LAW_CREDIT = 0.02;
/** Greatest fixed part, as a share of the shortest sample. */
const FIXED_SHARE = 0.5;
const SHORTEST_US = 1e-3;

/** Scratch of `between`: curves are made by the thousand, and live short. */
const predictions = new Float64Array(SHAPES);
const scores = new Float64Array(SHAPES);

/** ln of TPC counts, which are asked for again and again. */
const LOGS = Float64Array.from({ length: 257 }, (_, n) => log(n));
const logOf = (n: number): number => LOGS[n] ?? log(n);

/**
 * A launch's time at any TPC count, from its times at several.
 *
 * A shape S(n) is good if y(n) = n (T(n) - A) / S(n) is smooth in n; then T between two samples
 * follows from y, linear in n. Which shape is good differs from kernel to kernel, so each is judged
 * by how well it predicts every inner sample from the others (nearer samples count more), and the
 * predictions are averaged with weights exp(-error / 0.03). Measured counts are used as they are.
 */
export class DurationCurve {
  private readonly counts: readonly number[];
  private readonly ns: ArrayLike<number>;
  private readonly us: number[] = [];
  private readonly kernel: LatencyKernel;
  private readonly law: TwoSampleLaw;
  private readonly fixedUs: number;
  /** Per shape, then per sample: y, and the relative error of predicting the sample without it. */
  private readonly levels: number[] = [];
  private readonly errors: number[] = [];

  /**
   * @param counts ascending TPC counts, at least one
   * @param durationsNs ns, one a count
   */
  constructor(
    kernel: LatencyKernel,
    counts: readonly number[],
    durationsNs: ArrayLike<number>,
    constants: LatencyConstants = FITTED_ON_ALL,
  ) {
    const n = counts.length;
    this.kernel = kernel;
    this.counts = counts;
    this.ns = durationsNs;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const us = Math.max(SHORTEST_US, (durationsNs[i] as number) / 1000);
      this.us.push(us);
      least = Math.min(least, us);
    }
    this.fixedUs = Math.min(FIXED_US, FIXED_SHARE * least);
    const samples = {
      fewTpcs: counts[0] as number,
      fewNs: (this.us[0] as number) * 1000,
      allTpcs: counts[n - 1] as number,
      allNs: (this.us[n - 1] as number) * 1000,
    };
    this.law = new TwoSampleLaw(kernel, samples, constants);
    for (let s = 0; s < SHAPES; s++) this.judge(s);
  }

  /** Time on `n` TPCs, ns. */
  at(n: number): number {
    const { counts, ns } = this;
    const last = counts.length - 1;
    let high = 0;
    while (high < last && (counts[high] as number) < n) high += 1;
    if (counts[high] === n || n > (counts[last] as number)) return ns[high] as number;
    if (high === 0 || counts.length === 2) return this.law.at(n);
    return this.between(n, high) * 1000;
  }

  /** The weighted mean of the shapes' predictions between samples `high - 1` and `high`, µs. */
  private between(n: number, high: number): number {
    const { counts, errors } = this;
    const size = counts.length;
    const logN = logOf(n);
    scores.fill(0);
    let weights = 0;
    for (let i = 1; i < size - 1; i++) {
      const weight = 1 / (1 + Math.abs(logOf(counts[i] as number) - logN));
      weights += weight;
      for (let s = 0; s < SHAPES; s++) {
        scores[s] = (scores[s] as number) + weight * (errors[s * size + i] as number);
      }
    }
    let best = Number.POSITIVE_INFINITY;
    for (let s = 0; s < SHAPES; s++) {
      const score =
        (weights > 0 ? (scores[s] as number) / weights : 0) - (s === SHAPES - 1 ? LAW_CREDIT : 0);
      scores[s] = score;
      best = Math.min(best, score);
      predictions[s] = (this.level(s, n, high - 1, high) * this.shape(s, n)) / n + this.fixedUs;
    }
    let sum = 0;
    let total = 0;
    for (let s = 0; s < SHAPES; s++) {
      const weight = exp(-((scores[s] as number) - best) / SOFTNESS);
      sum += weight * (predictions[s] as number);
      total += weight;
    }
    return sum / total;
  }

  /** Fills in y and the errors of one shape. */
  private judge(s: number): void {
    const { counts, us, fixedUs, levels, errors } = this;
    const size = counts.length;
    for (let i = 0; i < size; i++) {
      const n = counts[i] as number;
      levels.push((n * ((us[i] as number) - fixedUs)) / this.shape(s, n));
    }
    for (let i = 0; i < size; i++) {
      if (i === 0 || i === size - 1) {
        errors.push(0);
        continue;
      }
      const n = counts[i] as number;
      const measured = us[i] as number;
      const predicted = (this.level(s, n, i - 1, i + 1) * this.shape(s, n)) / n + fixedUs;
      errors.push(Math.abs(predicted - measured) / measured);
    }
  }

  /** y at `n`, linear between two samples. */
  private level(s: number, n: number, low: number, high: number): number {
    const { counts, levels } = this;
    const from = counts[low] as number;
    const f = (n - from) / ((counts[high] as number) - from);
    const base = s * counts.length;
    return (levels[base + low] as number) * (1 - f) + (levels[base + high] as number) * f;
  }

  private shape(s: number, n: number): number {
    const { blocks, occupancy } = this.kernel;
    switch (s) {
      case 0:
        return 1;
      case 1:
        return waveLoss(blocks, SMS_PER_TPC * n);
      case 2:
        return waveLoss(blocks, SMS_PER_TPC * n * occupancy);
      default:
        return this.law.at(n) * n;
    }
  }
}

/** Time of a launch on `n` TPCs, ns, from its times at several counts; see `DurationCurve`. */
export function interpolateDuration(
  kernel: LatencyKernel,
  counts: readonly number[],
  durationsNs: ArrayLike<number>,
  n: number,
  constants: LatencyConstants = FITTED_ON_ALL,
): number {
  return new DurationCurve(kernel, counts, durationsNs, constants).at(n);
}
