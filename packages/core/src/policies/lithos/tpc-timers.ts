import { TpcSet } from '../../tpc-set.ts';
import type { Ns } from '../../units.ts';

/**
 * One timer per TPC: until when it is expected to be busy. Set at submission from predictions
 * (LithOS, section 5.3), so that nobody steals a TPC that has long work before it. Work on one TPC may
 * run at the same time, so a timer is the latest end that anybody expects, and is cleared when all of
 * it has ended.
 */
export class TpcTimers {
  private readonly freeAtNs = new Float64Array(TpcSet.MAX_TPCS);
  /** Submissions that the timer of each TPC stands for. */
  private readonly reserved = new Int32Array(TpcSet.MAX_TPCS);

  /** Notes work that was submitted to each TPC of a set and is expected to end at `endNs`. */
  reserve(tpcs: TpcSet, endNs: Ns): void {
    this.reserveWord(tpcs.w0, 0, endNs);
    this.reserveWord(tpcs.w1, 32, endNs);
    this.reserveWord(tpcs.w2, 64, endNs);
  }

  /** Notes that work which was reserved has ended. */
  release(tpcs: TpcSet): void {
    this.releaseWord(tpcs.w0, 0);
    this.releaseWord(tpcs.w1, 32);
    this.releaseWord(tpcs.w2, 64);
  }

  /** Those of a set that are expected to be free at `byNs`; the set itself if all are. */
  freeBy(tpcs: TpcSet, byNs: Ns): TpcSet {
    const w0 = this.lateWord(tpcs.w0, 0, byNs);
    const w1 = this.lateWord(tpcs.w1, 32, byNs);
    const w2 = this.lateWord(tpcs.w2, 64, byNs);
    return (w0 | w1 | w2) === 0
      ? tpcs
      : TpcSet.ofWords(tpcs.w0 & ~w0, tpcs.w1 & ~w1, tpcs.w2 & ~w2);
  }

  private reserveWord(word: number, base: number, endNs: Ns): void {
    for (let bits = word; bits !== 0; bits &= bits - 1) {
      const tpc = base + 31 - Math.clz32(bits & -bits);
      this.freeAtNs[tpc] = Math.max(endNs, this.freeAtNs[tpc] as number);
      this.reserved[tpc] = (this.reserved[tpc] as number) + 1;
    }
  }

  private releaseWord(word: number, base: number): void {
    for (let bits = word; bits !== 0; bits &= bits - 1) {
      const tpc = base + 31 - Math.clz32(bits & -bits);
      const left = (this.reserved[tpc] as number) - 1;
      this.reserved[tpc] = left;
      if (left === 0) this.freeAtNs[tpc] = 0;
    }
  }

  private lateWord(word: number, base: number, byNs: Ns): number {
    let late = 0;
    for (let bits = word; bits !== 0; bits &= bits - 1) {
      const bit = bits & -bits;
      if ((this.freeAtNs[base + 31 - Math.clz32(bit)] as number) > byNs) late |= bit;
    }
    return late;
  }
}
