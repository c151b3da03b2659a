import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TpcSet } from './tpc-set.ts';

const members = fc.uniqueArray(fc.integer({ min: 0, max: TpcSet.MAX_TPCS - 1 }));
const sorted = (tpcs: Iterable<number>): number[] => [...tpcs].sort((a, b) => a - b);

describe('TpcSet', () => {
  it('reads as people write ranges', () => {
    expect(`${TpcSet.EMPTY}`).toBe('');
    expect(`${TpcSet.of([20])}`).toBe('20');
    expect(`${TpcSet.of([20, 0, 1, 2])}`).toBe('0-2,20');
    expect(`${TpcSet.range(0, 54)}`).toBe('0-53');
    expect(`${TpcSet.of([31, 32, 63, 64, 95])}`).toBe('31-32,63-64,95');
  });

  it('has ranges that exclude their end, and empty ones', () => {
    expect([...TpcSet.range(30, 34)]).toEqual([30, 31, 32, 33]);
    expect(TpcSet.range(5, 5)).toBe(TpcSet.EMPTY);
    expect(TpcSet.range(5, 2)).toBe(TpcSet.EMPTY);
  });

  it('refuses indexes outside the largest device', () => {
    for (const tpc of [-1, 96, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => TpcSet.of([0, tpc])).toThrow(RangeError);
    }
    expect(() => TpcSet.range(90, 97)).toThrow('TPC 96 is outside 0..95');
  });

  it('does not have what it cannot hold', () => {
    const all = TpcSet.range(0, TpcSet.MAX_TPCS);
    for (const tpc of [-1, 96, 97, 128, 1000]) expect(all.has(tpc)).toBe(false);
  });

  it('is what a set of numbers is: members, size, order', () => {
    fc.assert(
      fc.property(members, (tpcs) => {
        const set = TpcSet.of(tpcs);
        expect([...set]).toEqual(sorted(tpcs));
        expect(set.size).toBe(tpcs.length);
        for (let tpc = 0; tpc < TpcSet.MAX_TPCS; tpc++) {
          expect(set.has(tpc)).toBe(tpcs.includes(tpc));
        }
        expect(TpcSet.ofWords(set.w0, set.w1, set.w2).equals(set)).toBe(true);
      }),
    );
  });

  it('joins, meets and subtracts as sets of numbers do', () => {
    fc.assert(
      fc.property(members, members, (a, b) => {
        const [x, y] = [TpcSet.of(a), TpcSet.of(b)];
        expect([...x.union(y)]).toEqual(sorted(new Set([...a, ...b])));
        expect([...x.intersection(y)]).toEqual(sorted(a.filter((tpc) => b.includes(tpc))));
        expect([...x.difference(y)]).toEqual(sorted(a.filter((tpc) => !b.includes(tpc))));
        expect(x.intersects(y)).toBe(a.some((tpc) => b.includes(tpc)));
        expect(x.isSubsetOf(y)).toBe(a.every((tpc) => b.includes(tpc)));
        expect(x.equals(y)).toBe(`${sorted(a)}` === `${sorted(b)}`);
        expect(x.difference(y).union(x.intersection(y)).equals(x)).toBe(true);
        // Operands are values: nothing above changed them.
        expect([...x]).toEqual(sorted(a));
      }),
    );
  });

  it('takes from either end', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 0, max: 100 }), (tpcs, n) => {
        const set = TpcSet.of(tpcs);
        const order = sorted(tpcs);
        expect([...set.lowest(n)]).toEqual(order.slice(0, n));
        expect([...set.highest(n)]).toEqual(order.slice(Math.max(0, order.length - n)));
      }),
    );
  });

  it('reads back from its text', () => {
    const parse = (text: string): number[] =>
      (text === '' ? [] : text.split(',')).flatMap((part) => {
        const [first = Number.NaN, last = first] = part.split('-').map(Number);
        return Array.from({ length: last - first + 1 }, (_, i) => first + i);
      });
    fc.assert(
      fc.property(members, (tpcs) => {
        expect(parse(`${TpcSet.of(tpcs)}`)).toEqual(sorted(tpcs));
      }),
    );
  });
});
