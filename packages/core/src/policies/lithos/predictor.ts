import type { Launchable } from '../../kernel.ts';
import type { Ns } from '../../units.ts';

/** Weight kept by older observations at each new one: the last ten or so count. */
const DECAY = 0.9;
/** Below this variance of 1/TPCs all observations were at one TPC count. */
const ONE_COUNT = 1e-7;
const FIELDS = 6;

/**
 * Predicts how long a launch of one stream takes on a number of TPCs, from what its earlier launches
 * took. Launches are told apart by their ordinal since the last synchronisation and by kernel
 * function and shape, as the same function recurs with different tensors. Per launch it keeps a
 * decayed linear regression of duration in 1/TPCs, l(t) = m/t + b (LithOS, section 5.5).
 */
export class Predictor {
  /** First entry of each ordinal, -1 for none. */
  private heads = new Int32Array(256).fill(-1);
  private kernels = new Int32Array(256);
  private nexts = new Int32Array(256);
  private stats = new Float64Array(256 * FIELDS);
  private entries = 0;

  /**
   * Expected duration of the whole launch on `tpcs` TPCs in ns; `undefined` if it was never seen.
   * At a TPC count below all that were seen it assumes perfect scaling, above them none: both err
   * on the long side.
   */
  predict(work: Launchable, tpcs: number): Ns | undefined {
    const entry = this.find(work);
    if (entry < 0) return undefined;
    const at = entry * FIELDS;
    const weight = this.stats[at] as number;
    const meanX = (this.stats[at + 1] as number) / weight;
    const meanY = (this.stats[at + 2] as number) / weight;
    const x = 1 / tpcs;
    const variance = (this.stats[at + 3] as number) / weight - meanX * meanX;
    if (variance < ONE_COUNT) return x > meanX ? (meanY * x) / meanX : meanY;
    const covariance = (this.stats[at + 4] as number) / weight - meanX * meanY;
    const slope = Math.min(Math.max(0, covariance / variance), meanY / meanX);
    return meanY + slope * (x - meanX);
  }

  /** Notes that the whole launch took `ns` on `tpcs` TPCs. */
  observe(work: Launchable, tpcs: number, ns: Ns): void {
    let entry = this.find(work);
    if (entry < 0) entry = this.insert(work);
    const at = entry * FIELDS;
    const { stats } = this;
    const x = 1 / tpcs;
    stats[at] = (stats[at] as number) * DECAY + 1;
    stats[at + 1] = (stats[at + 1] as number) * DECAY + x;
    stats[at + 2] = (stats[at + 2] as number) * DECAY + ns;
    stats[at + 3] = (stats[at + 3] as number) * DECAY + x * x;
    stats[at + 4] = (stats[at + 4] as number) * DECAY + x * ns;
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
    const stats = new Float64Array(n * FIELDS);
    stats.set(this.stats);
    this.stats = stats;
  }
}
