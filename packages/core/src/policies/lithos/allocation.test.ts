import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TenantSpec } from '../../policy.ts';
import { be, hp } from '../../testing/fixtures.ts';
import { TpcSet } from '../../tpc-set.ts';
import { type Allocation, AllocationTable } from './allocation.ts';

const DEVICE = TpcSet.range(0, 54);
const STEAL = { enabled: true, bestEffortShare: 0.35, minimumShare: 0 };

/** The present tenants' sets as text: all of them, and which are stolen. */
function allot(tenants: readonly TenantSpec[], present: number, rules = STEAL): string[] {
  const table = new AllocationTable(tenants, DEVICE, rules);
  return table.of(present, 0).map(({ all, stolen }) => `${all} (${stolen})`);
}

describe('AllocationTable', () => {
  it('gives quotas as compact ranges in the order of the tenants', () => {
    expect(allot([hp('a', 40), hp('b', 14), be('c')], 0b111)).toEqual([
      '0-39 ()',
      '40-53 ()',
      ' ()',
    ]);
    expect(allot([be('c'), hp('a', 10), hp('b', 5)], 0b110, { ...STEAL, enabled: false })).toEqual([
      ' ()',
      // What no quota covers is not stolen: it is used with stealing off, too.
      '0-9,15-34 ()',
      '10-14,35-53 ()',
    ]);
  });

  it('gives best-effort tenants what owners leave idle, evenly', () => {
    expect(allot([hp('a', 54), be('c'), be('d')], 0b110)).toEqual([
      ' ()',
      '0-26 (0-26)',
      '27-53 (27-53)',
    ]);
  });

  it('shares idle TPCs between high-priority thieves from below and best-effort from above', () => {
    expect(allot([hp('a', 40), hp('b', 14), be('c')], 0b101)).toEqual([
      '0-48 (40-48)',
      ' ()',
      '49-53 (49-53)',
    ]);
    const tenants = [hp('a', 17), hp('b', 17), hp('c', 20), be('d'), be('e')];
    // 20 idle TPCs, 7 of them for the two best-effort tenants.
    expect(allot(tenants, 0b11011)).toEqual([
      '0-16,34-40 (34-40)',
      '17-33,41-46 (41-46)',
      ' ()',
      '47-50 (47-50)',
      '51-53 (51-53)',
    ]);
  });

  it('does not call stolen what no quota covers', () => {
    expect(allot([hp('a', 14), hp('b', 20), be('c')], 0b101)).toEqual([
      '0-39 (14-33)',
      ' ()',
      '40-53 ()',
    ]);
  });

  it('gives a best-effort tenant nothing while every TPC has its owner at work', () => {
    expect(allot([hp('a', 54), be('c')], 0b11)).toEqual(['0-53 ()', ' ()']);
  });

  it('refuses more tenants than its bit sets hold', () => {
    const many = Array.from({ length: 31 }, (_, i) => be(`t${i}`));
    expect(() => new AllocationTable(many, DEVICE, STEAL)).toThrow(RangeError);
  });
});

/** Tenants whose quotas fit the device, and who of them has work. */
const cases = fc
  .record({
    weights: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
    bestEffort: fc.nat(3),
    covered: fc.integer({ min: 0, max: DEVICE.size }),
    shuffle: fc.nat(),
    present: fc.nat(0xff),
    bestEffortShare: fc.double({ min: 0, max: 1, noNaN: true }),
    minimumShare: fc.constantFrom(0, 0, 0.1, 0.35, 0.5),
    confined: fc.oneof(fc.constant(0), fc.nat(0xff)),
  })
  .map(({ weights, bestEffort, covered, shuffle, ...rest }) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    const tenants = weights.map((w, i) => hp(`h${i}`, Math.floor((covered * w) / sum)));
    for (let i = 0; i < bestEffort; i++) {
      tenants.splice(shuffle % (tenants.length + 1), 0, be(`b${i}`));
    }
    return { tenants, ...rest };
  });

const disjoint = (sets: readonly TpcSet[]): boolean =>
  sets.reduce((sum, set) => sum + set.size, 0) ===
  sets.reduce((all, set) => all.union(set), TpcSet.EMPTY).size;

function laws(enabled: boolean, check: (c: Checked) => void): void {
  fc.assert(
    fc.property(cases, ({ tenants, present, bestEffortShare, minimumShare, confined }) => {
      const table = new AllocationTable(tenants, DEVICE, {
        enabled,
        bestEffortShare,
        minimumShare,
      });
      const has = (bits: number, i: number): boolean => ((bits >>> i) & 1) === 1;
      const here = tenants.map((_, i) => has(present, i));
      const held = tenants.map((_, i) => here[i] === true && has(confined, i));
      const thieves = tenants.some((t, i) => t.class === 'be' && here[i] && !held[i]);
      const bits = confined & present;
      check({
        tenants,
        here,
        held,
        table,
        minimum: thieves ? minimumShare : 0,
        now: table.of(present, bits),
      });
    }),
    { numRuns: 500 },
  );
}

interface Checked {
  readonly tenants: readonly TenantSpec[];
  readonly here: readonly boolean[];
  /** Those here that may not steal. */
  readonly held: readonly boolean[];
  readonly table: AllocationTable;
  /** Share that best-effort tenants with work have in any case; 0 if there are none. */
  readonly minimum: number;
  readonly now: readonly Allocation[];
}

const together = (sets: readonly TpcSet[]): TpcSet =>
  sets.reduce((all, set) => all.union(set), TpcSet.EMPTY);

describe('whoever has work,', () => {
  it('own sets are disjoint and as large as the quotas, but for the best-effort minimum', () => {
    laws(true, ({ tenants, table, here, minimum, now }) => {
      expect(disjoint(now.map((a) => a.own))).toBe(true);
      tenants.forEach(({ quotaTpcs }, i) => {
        const { own, all } = now[i] as Allocation;
        if (!here[i]) return;
        expect(own.isSubsetOf(all)).toBe(true);
        expect(own.size).toBe(minimum > 0 ? table.guaranteed(i).size : quotaTpcs);
        if (quotaTpcs > 0) expect(own.size).toBeGreaterThan(0);
      });
    });
  });

  it('best-effort tenants have their minimum share, whatever the quotas', () => {
    for (const enabled of [true, false]) {
      laws(enabled, ({ tenants, here, held, minimum, now }) => {
        if (minimum === 0) return;
        const best = now.filter((_, i) => tenants[i]?.class === 'be' && here[i] && !held[i]);
        const owners = tenants.filter((t) => t.quotaTpcs > 0).length;
        // Each owner keeps at least one TPC, and shares are rounded to whole ones.
        const least = Math.min(DEVICE.size - owners, Math.ceil(minimum * DEVICE.size)) - 1;
        expect(together(best.map((a) => a.all)).size).toBeGreaterThanOrEqual(least);
      });
    }
  });

  it('nobody shares a TPC, but for thieves of one class that outnumber what there is to steal', () => {
    laws(true, ({ tenants, here, now }) => {
      now.forEach(({ all }, i) => {
        expect(all.isSubsetOf(DEVICE)).toBe(true);
        for (let j = 0; j < i; j++) {
          const shared = all.intersection(now[j]?.all ?? TpcSet.EMPTY);
          if (shared.size === 0) continue;
          const kind = tenants[i]?.class;
          expect(tenants[j]?.class).toBe(kind);
          const thieves = tenants.filter((t, k) => here[k] && t.class === kind).length;
          expect(shared.size).toBeLessThan(thieves);
        }
      });
    });
  });

  it('what is stolen is covered by a quota, and is none of the thief’s own', () => {
    laws(true, ({ table, minimum, now }) => {
      for (const { own, all, stolen } of now) {
        expect(stolen.isSubsetOf(table.coveredTpcs)).toBe(true);
        expect(stolen.intersects(own)).toBe(false);
        const covered = all.difference(own).intersection(table.coveredTpcs);
        if (minimum === 0) expect(`${stolen}`).toBe(`${covered}`);
      }
    });
  });

  it('no TPC is idle while somebody could steal it', () => {
    laws(true, ({ here, held, now }) => {
      const used = together(now.map((a) => a.all));
      if (here.some((h, i) => h && !held[i])) expect(used.size).toBe(DEVICE.size);
    });
  });

  it('who is confined has the quota and no more', () => {
    laws(true, ({ held, now }) => {
      now.forEach(({ own, all, confined }, i) => {
        expect(confined).toBe(held[i]);
        if (confined) expect(`${all}`).toBe(`${own}`);
      });
    });
  });

  it('absent tenants have nothing, and without stealing nobody steals', () => {
    laws(false, ({ here, now }) => {
      now.forEach(({ all, stolen }, i) => {
        expect(stolen.size).toBe(0);
        if (!here[i]) expect(all.size).toBe(0);
        now.forEach(({ own }, j) => {
          if (j !== i) expect(all.intersects(own)).toBe(false);
        });
      });
    });
  });

  it('what a tenant that left had is covered no more, even without stealing', () => {
    const table = new AllocationTable([hp('a', 40), hp('b', 14), be('c')], DEVICE, {
      ...STEAL,
      enabled: false,
    });
    expect(table.of(0b110, 0)[2]?.all.size).toBe(0);
    table.leave(0);
    const [, b, c] = table.of(0b110, 0);
    expect(`${b?.own}`).toBe('40-53');
    expect(together([b?.all ?? TpcSet.EMPTY, c?.all ?? TpcSet.EMPTY]).size).toBe(DEVICE.size);
    expect(c?.stolen.size).toBe(0);
  });
});
