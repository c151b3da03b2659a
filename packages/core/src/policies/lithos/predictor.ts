import type { Launchable } from '../../kernel.ts';
import type { Ns } from '../../units.ts';

/** Weight kept by older observations at each new one: the last ten or so shape the curve. */
const DECAY = 0.9;
/** Observations whose median sets the level: one outlier, or two, change nothing. */
const RECENT = 5;
/** Below this variance of 1/TPCs all observations were at one TPC count. */
const ONE_COUNT = 1e-7;
/** Weight of a new observation of the sensitivity to the clock. */
const SENSITIVITY_STEP = 0.2;

/** Columns of an entry: sums of the regression, sensitivity, then the recent observations. */
const WEIGHT = 0;
const SUM_X = 1;
const SUM_Y = 2;
const SUM_XX = 3;
const SUM_XY = 4;
const SENSITIVITY = 5;
const SEEN_SLOW = 6;
const RECENT_X = 7;
const RECENT_Y = RECENT_X + RECENT;
const FIELDS = RECENT_Y + RECENT;

/**
 * Predicts how long a launch of one stream takes on a number of TPCs and at a clock, from what its
 * earlier launches took (LithOS, sections 5.5 to 5.7). Launches are told apart by their ordinal since
 * the last synchronisation and by kernel function and shape, as the same function recurs with other
 * tensors. The shape over TPCs is a decayed regression l(t) = m/t + b; the level is the median ratio
 * of the last five durations to it; the clock enters to first order, l(f) = l(fmax)·(1 + s·(fmax/f - 1)),
 * with s = 1 (all compute) until it has been seen.
 */
export class Predictor {
  /** First entry of each ordinal, -1 for none. */
  private heads = new Int32Array(256).fill(-1);
  private kernels = new Int32Array(256);
  private nexts = new Int32Array(256);
  /** Observations of each entry. */
  private counts = new Int32Array(256);
  private stats = new Float64Array(256 * FIELDS);
  private entries = 0;
  private readonly ratios = new Float64Array(RECENT);

  /**
   * Expected duration of the whole launch on `tpcs` TPCs in ns; `undefined` if it was never seen.
   * At a TPC count below all that were seen it assumes perfect scaling, above them none: both err
   * on the long side.
   * @param slow greatest clock over the clock it will run at
   */
  predict(work: Launchable, tpcs: number, slow = 1): Ns | undefined {
    const entry = this.find(work);
    if (entry < 0) return undefined;
    const sensitivity = this.stats[entry * FIELDS + SENSITIVITY] as number;
    return this.atFullClock(entry, 1 / tpcs) * (1 + sensitivity * (slow - 1));
  }

  /** Whether the launch was ever seen. */
  knows(work: Launchable): boolean {
    return this.find(work) >= 0;
  }

  /** How much of the launch's time goes with 1/clock, 0 to 1; `undefined` if it was never seen. */
  sensitivity(work: Launchable): number | undefined {
    const entry = this.find(work);
    return entry < 0 ? undefined : this.stats[entry * FIELDS + SENSITIVITY];
  }

  /** Notes that the whole launch took `ns` on `tpcs` TPCs at a clock of the greatest over `slow`. */
  observe(work: Launchable, tpcs: number, ns: Ns, slow = 1): void {
    let entry = this.find(work);
    if (entry < 0) entry = this.insert(work);
    const at = entry * FIELDS;
    const { stats } = this;
    const x = 1 / tpcs;
    if (slow > 1 && (this.counts[entry] as number) > 0) this.learnSensitivity(entry, x, ns, slow);
    const y = ns / (1 + (stats[at + SENSITIVITY] as number) * (slow - 1));
    stats[at + WEIGHT] = (stats[at + WEIGHT] as number) * DECAY + 1;
    stats[at + SUM_X] = (stats[at + SUM_X] as number) * DECAY + x;
    stats[at + SUM_Y] = (stats[at + SUM_Y] as number) * DECAY + y;
    stats[at + SUM_XX] = (stats[at + SUM_XX] as number) * DECAY + x * x;
    stats[at + SUM_XY] = (stats[at + SUM_XY] as number) * DECAY + x * y;
    const slot = (this.counts[entry] as number) % RECENT;
    stats[at + RECENT_X + slot] = x;
    stats[at + RECENT_Y + slot] = y;
    this.counts[entry] = (this.counts[entry] as number) + 1;
  }

  private atFullClock(entry: number, x: number): Ns {
    const at = entry * FIELDS;
    const { stats, ratios } = this;
    const n = Math.min(RECENT, this.counts[entry] as number);
    for (let i = 0; i < n; i++) {
      const expected = this.curve(entry, stats[at + RECENT_X + i] as number);
      const ratio = (stats[at + RECENT_Y + i] as number) / expected;
      let hole = i;
      while (hole > 0 && (ratios[hole - 1] as number) > ratio) {
        ratios[hole] = ratios[hole - 1] as number;
        hole -= 1;
      }
      ratios[hole] = ratio;
    }
    const middle = n >> 1;
    const median =
      n % 2 === 1
        ? (ratios[middle] as number)
        : ((ratios[middle - 1] as number) + (ratios[middle] as number)) / 2;
    return this.curve(entry, x) * median;
  }

  /** The regression at x = 1/TPCs: never falls with x, never faster than in proportion. */
  private curve(entry: number, x: number): Ns {
    const at = entry * FIELDS;
    const { stats } = this;
    const weight = stats[at + WEIGHT] as number;
    const meanX = (stats[at + SUM_X] as number) / weight;
    const meanY = (stats[at + SUM_Y] as number) / weight;
    const variance = (stats[at + SUM_XX] as number) / weight - meanX * meanX;
    if (variance < ONE_COUNT) return x > meanX ? (meanY * x) / meanX : meanY;
    const covariance = (stats[at + SUM_XY] as number) / weight - meanX * meanY;
    const slope = Math.min(Math.max(0, covariance / variance), meanY / meanX);
    return meanY + slope * (x - meanX);
  }

  private learnSensitivity(entry: number, x: number, ns: Ns, slow: number): void {
    const at = entry * FIELDS;
    const { stats } = this;
    const seen = (ns / this.atFullClock(entry, x) - 1) / (slow - 1);
    const bounded = Math.min(1, Math.max(0, seen));
    const old = stats[at + SENSITIVITY] as number;
    stats[at + SENSITIVITY] =
      stats[at + SEEN_SLOW] === 0 ? bounded : old + SENSITIVITY_STEP * (bounded - old);
    stats[at + SEEN_SLOW] = 1;
  }

  private find(work: Launchable): number {
    if (work.ordinal >= this.heads.length) return -1;
    let entry = this.heads[work.ordinal] as number;
    while (entry >= 0 && this.kernels[entry] !== work.kernel.id)
      entry = this.nexts[entry] as number;
    return entry;
  }

  private insert(work: Launchable): number {
    while (work.ordinal >= this.heads.length) {
      const grown = new Int32Array(this.heads.length * 2).fill(-1);
      grown.set(this.heads);
      this.heads = grown;
    }
    if (this.entries === this.kernels.length) this.growEntries();
    const entry = this.entries++;
    this.kernels[entry] = work.kernel.id;
    this.nexts[entry] = this.heads[work.ordinal] as number;
    this.heads[work.ordinal] = entry;
    this.stats[entry * FIELDS + SENSITIVITY] = 1;
    return entry;
  }

  private growEntries(): void {
    const n = this.kernels.length * 2;
    const int = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(n);
      to.set(from);
      return to;
    };
    this.kernels = int(this.kernels);
    this.nexts = int(this.nexts);
    this.counts = int(this.counts);
    const stats = new Float64Array(n * FIELDS);
    stats.set(this.stats);
    this.stats = stats;
  }
}
