import type { Ns, TpcSet } from '@lithos/core';

/** TPC-time with work on it, by the sets of the submissions that are first in their streams. */
export class BusyTime {
  tpcNs = 0;
  /** Told whenever the device begins to have work, and whenever it has none any more. */
  onChange: ((busy: boolean, now: Ns) => void) | undefined;
  private readonly counts = new Int32Array(96);
  private busy = 0;
  private sinceNs: Ns = 0;

  get tpcs(): number {
    return this.busy;
  }

  begin(tpcs: TpcSet, now: Ns): void {
    this.account(now);
    if (this.busy === 0) this.onChange?.(true, now);
    for (let word = 0; word < 3; word++) {
      let bits = word === 0 ? tpcs.w0 : word === 1 ? tpcs.w1 : tpcs.w2;
      for (; bits !== 0; bits &= bits - 1) {
        const tpc = word * 32 + 31 - Math.clz32(bits & -bits);
        const before = this.counts[tpc] as number;
        this.counts[tpc] = before + 1;
        if (before === 0) this.busy += 1;
      }
    }
  }

  end(tpcs: TpcSet, now: Ns): void {
    this.account(now);
    for (let word = 0; word < 3; word++) {
      let bits = word === 0 ? tpcs.w0 : word === 1 ? tpcs.w1 : tpcs.w2;
      for (; bits !== 0; bits &= bits - 1) {
        const tpc = word * 32 + 31 - Math.clz32(bits & -bits);
        const after = (this.counts[tpc] as number) - 1;
        this.counts[tpc] = after;
        if (after === 0) this.busy -= 1;
      }
    }
    if (this.busy === 0) this.onChange?.(false, now);
  }

  account(now: Ns): void {
    this.tpcNs += this.busy * Math.max(0, now - this.sinceNs);
    this.sinceNs = now;
  }
}
