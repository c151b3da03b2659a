import { TpcSet } from '../../tpc-set.ts';
import type { Ns } from '../../units.ts';

/**
 * One timer per TPC: until when it is expected to be busy. Set at submission from predictions
 * (LithOS, section 5.3), so that nobody steals a TPC that has long work before it.
 */
export class TpcTimers {
  private readonly freeAtNs = new Float64Array(TpcSet.MAX_TPCS);

  /** Adds predicted work to each TPC of a set. */
  reserve(tpcs: TpcSet, now: Ns, predictedNs: Ns): void {
    this.reserveWord(tpcs.w0, 0, now, predictedNs);
    this.reserveWord(tpcs.w1, 32, now, predictedNs);
    this.reserveWord(tpcs.w2, 64, now, predictedNs);
  }

  /** Corrects the timers of a set by what work took more, or less, than was reserved for it. */
  correct(tpcs: TpcSet, byNs: Ns): void {
    for (const tpc of tpcs) this.freeAtNs[tpc] = (this.freeAtNs[tpc] as number) + byNs;
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

  private reserveWord(word: number, base: number, now: Ns, predictedNs: Ns): void {
    for (let bits = word; bits !== 0; bits &= bits - 1) {
      const tpc = base + 31 - Math.clz32(bits & -bits);
      this.freeAtNs[tpc] = Math.max(now, this.freeAtNs[tpc] as number) + predictedNs;
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
