import type { TenantSpec } from '../../policy.ts';
import { TpcSet } from '../../tpc-set.ts';

/** The TPCs a tenant may use in one state of the device. */
export interface Allocation {
  /** Those its quota covers. */
  readonly own: TpcSet;
  /** All of them: its own, some that no quota covers, and the stolen ones. */
  readonly all: TpcSet;
  /** Those that the quota of another tenant covers, who may come back for them. */
  readonly stolen: TpcSet;
  /** It may not steal for now. */
  readonly confined: boolean;
}

const NOTHING: Allocation = {
  own: TpcSet.EMPTY,
  all: TpcSet.EMPTY,
  stolen: TpcSet.EMPTY,
  confined: false,
};

/** Who has work is one bit a tenant, in a signed word. */
export const MAX_TENANTS = 30;

export interface StealingRules {
  /** Whether TPCs that a quota covers may be used by others; those that none covers always may. */
  readonly enabled: boolean;
  /** Part of the idle TPCs that best-effort tenants get when high-priority tenants steal too. */
  readonly bestEffortShare: number;
  /** Part of the device that best-effort tenants with work have in any case, out of the quotas. */
  readonly minimumShare: number;
}

/**
 * Who may use which TPCs, as a function of who has work. Quotas are fixed, compact ranges of TPCs in
 * the tenants' order. TPCs of tenants without work, and TPCs that no quota covers, are the pool that
 * the others steal from: high-priority tenants from its low end, best-effort tenants from its high
 * end, so that the two keep out of each other's way and their sets stay put.
 */
export class AllocationTable {
  private readonly tenants: readonly TenantSpec[];
  private readonly tpcs: TpcSet;
  private readonly owned: readonly TpcSet[];
  private readonly rules: StealingRules;
  /** All TPCs that a quota covers. */
  private readonly covered: TpcSet;
  /** Those of the best-effort tenants' minimum share. */
  private readonly minimum: TpcSet;
  /** Allocations of all tenants, by the tenants that have work, then by those confined. */
  private readonly states = new Map<number, Map<number, readonly Allocation[]>>();

  constructor(tenants: readonly TenantSpec[], tpcs: TpcSet, rules: StealingRules) {
    if (tenants.length > MAX_TENANTS) throw new RangeError(`at most ${MAX_TENANTS} tenants`);
    this.tenants = tenants;
    this.tpcs = tpcs;
    this.rules = rules;
    let rest = tpcs;
    this.owned = tenants.map((tenant) => {
      const own = rest.lowest(tenant.quotaTpcs);
      rest = rest.difference(own);
      return own;
    });
    this.covered = this.owned.reduce((all, own) => all.union(own), TpcSet.EMPTY);
    this.minimum = this.keptForBestEffort();
  }

  /**
   * One allocation per tenant. Bit i of `present` says that tenant i has work, bit i of `confined`
   * that it may not steal: it has its quota then, and nothing else.
   */
  of(present: number, confined: number): readonly Allocation[] {
    let states = this.states.get(confined);
    if (states === undefined) {
      states = new Map();
      this.states.set(confined, states);
    }
    let state = states.get(present);
    if (state === undefined) {
      state = this.compute(present, confined);
      states.set(present, state);
    }
    return state;
  }

  /** Tenants whose quota covers any of these TPCs: one bit each. */
  ownersOf(tpcs: TpcSet): number {
    let owners = 0;
    for (let i = 0; i < this.owned.length; i++) {
      if ((this.owned[i] as TpcSet).intersects(tpcs)) owners |= 1 << i;
    }
    return owners;
  }

  private compute(present: number, confined: number): readonly Allocation[] {
    const has = (bits: number, i: number): boolean => ((bits >>> i) & 1) === 1;
    const thieves = (kind: 'hp' | 'be'): number[] =>
      this.tenants.flatMap((tenant, i) =>
        has(present, i) && !has(confined, i) && tenant.class === kind ? [i] : [],
      );
    const high = thieves('hp');
    const best = thieves('be');
    const kept = best.length === 0 ? TpcSet.EMPTY : this.minimum;
    const owned = this.owned.map((own) => own.difference(kept));
    let pool = this.tpcs;
    owned.forEach((own, i) => {
      if (has(present, i)) pool = pool.difference(own);
    });
    if (!this.rules.enabled) pool = pool.difference(this.covered).union(kept);
    const rest = pool.difference(kept);
    const bestCount = this.bestEffortCount(pool.size, high.length, best.length);
    const more = Math.max(0, bestCount - kept.size);
    const extra = this.tenants.map(() => TpcSet.EMPTY);
    this.deal(high, rest.lowest(rest.size - more), extra);
    this.deal(best, kept.union(rest.highest(more)), extra);
    return this.tenants.map((_, i) => {
      if (!has(present, i)) return NOTHING;
      const mine = extra[i] as TpcSet;
      const own = owned[i] as TpcSet;
      return {
        own,
        all: own.union(mine),
        stolen: mine.intersection(this.covered).difference(kept),
        confined: has(confined, i),
      };
    });
  }

  /** The TPCs of the minimum share: those that no quota covers, then the top end of each quota. */
  private keptForBestEffort(): TpcSet {
    let missing = Math.ceil(this.rules.minimumShare * this.tpcs.size);
    let kept = this.tpcs.difference(this.covered).highest(missing);
    missing -= kept.size;
    let left = this.covered.size;
    for (const own of this.owned) {
      if (own.size === 0) continue;
      const take = Math.min(own.size - 1, Math.round((missing * own.size) / left));
      kept = kept.union(own.highest(take));
      missing -= take;
      left -= own.size;
    }
    return kept;
  }

  /** TPCs of a pool of `size` for best-effort tenants: their share, and at least one. */
  private bestEffortCount(size: number, high: number, best: number): number {
    const { bestEffortShare } = this.rules;
    if (best === 0) return 0;
    if (high === 0) return size;
    if (bestEffortShare === 0) return 0;
    return Math.min(size, Math.max(1, Math.round(size * bestEffortShare)));
  }

  /**
   * Shares `pool` evenly among `thieves`, the first ones getting what does not divide. Where there are
   * fewer TPCs than thieves, all use the same ones, so that none is left out.
   */
  private deal(thieves: readonly number[], pool: TpcSet, into: TpcSet[]): void {
    if (pool.size < thieves.length) {
      for (const thief of thieves) into[thief] = pool;
      return;
    }
    let rest = pool;
    thieves.forEach((thief, k) => {
      const share = rest.lowest(Math.ceil(rest.size / (thieves.length - k)));
      into[thief] = share;
      rest = rest.difference(share);
    });
  }
}
