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
  })
  .map(({ weights, bestEffort, covered, shuffle, present, bestEffortShare }) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    const tenants = weights.map((w, i) => hp(`h${i}`, Math.floor((covered * w) / sum)));
    for (let i = 0; i < bestEffort; i++) {
      tenants.splice(shuffle % (tenants.length + 1), 0, be(`b${i}`));
    }
    return { tenants, present, bestEffortShare };
  });

const disjoint = (sets: readonly TpcSet[]): boolean =>
  sets.reduce((sum, set) => sum + set.size, 0) ===
  sets.reduce((all, set) => all.union(set), TpcSet.EMPTY).size;

function laws(enabled: boolean, check: (c: Checked) => void): void {
  fc.assert(
    fc.property(cases, ({ tenants, present, bestEffortShare }) => {
      const table = new AllocationTable(tenants, DEVICE, {
        enabled,
        bestEffortShare,
        minimumShare: 0,
      });
      const owned = table.of(2 ** tenants.length - 1, 0).map((a) => a.own);
      const here = tenants.map((_, i) => ((present >>> i) & 1) === 1);
      check({ tenants, here, owned, now: table.of(present, 0) });
    }),
    { numRuns: 300 },
  );
}

interface Checked {
  readonly tenants: readonly TenantSpec[];
  readonly here: readonly boolean[];
  /** Everybody's own TPCs. */
  readonly owned: readonly TpcSet[];
  readonly now: readonly Allocation[];
}

describe('whoever has work,', () => {
  it('own sets are disjoint and as large as the quotas, and theirs while they have work', () => {
    laws(true, ({ tenants, owned, here, now }) => {
      expect(disjoint(owned)).toBe(true);
      expect(owned.map((set) => set.size)).toEqual(tenants.map((t) => t.quotaTpcs));
      now.forEach(({ all }, i) => {
        if (here[i]) expect(owned[i]?.isSubsetOf(all)).toBe(true);
      });
    });
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

  it('what is stolen is what an absent tenant owns', () => {
    laws(true, ({ here, owned, now }) => {
      const absent = owned.filter((_, i) => !here[i]);
      const idle = absent.reduce((all, own) => all.union(own), TpcSet.EMPTY);
      for (const { all, stolen } of now) {
        expect(`${all.intersection(idle)}`).toBe(`${stolen}`);
      }
    });
  });

  it('no TPC is idle while somebody could steal it', () => {
    laws(true, ({ here, now }) => {
      const used = now.reduce((all, a) => all.union(a.all), TpcSet.EMPTY);
      expect(used.size).toBe(here.some(Boolean) ? DEVICE.size : 0);
    });
  });

  it('absent tenants have nothing, and without stealing nobody has what others own', () => {
    laws(false, ({ here, owned, now }) => {
      now.forEach(({ all, stolen }, i) => {
        expect(stolen.size).toBe(0);
        if (!here[i]) expect(all.size).toBe(0);
        owned.forEach((own, j) => {
          if (j !== i) expect(all.intersects(own)).toBe(false);
        });
      });
    });
  });
});
