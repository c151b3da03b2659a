import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TpcSet } from '../../tpc-set.ts';
import { TpcTimers } from './tpc-timers.ts';

const sets = fc.uniqueArray(fc.integer({ min: 0, max: 95 })).map((tpcs) => TpcSet.of(tpcs));

describe('TpcTimers', () => {
  it('adds up what is predicted on a TPC, from now or from when it is free', () => {
    const timers = new TpcTimers();
    const set = TpcSet.of([3, 40, 70]);
    timers.reserve(set, 1000, 500);
    timers.reserve(TpcSet.of([40]), 1200, 500);
    expect(`${timers.freeBy(set, 1500)}`).toBe('3,70');
    expect(timers.freeBy(set, 2000)).toBe(set);
    timers.reserve(set, 9000, 1);
    expect(`${timers.freeBy(set, 9000)}`).toBe('');
    expect(timers.freeBy(set, 9001)).toBe(set);
  });

  it('is corrected by what work took more or less than was reserved', () => {
    const timers = new TpcTimers();
    const set = TpcSet.of([3, 40]);
    timers.reserve(set, 1000, 500);
    timers.correct(set, -200);
    expect(`${timers.freeBy(set, 1299)}`).toBe('');
    expect(timers.freeBy(set, 1300)).toBe(set);
    timers.correct(TpcSet.of([40]), 1000);
    expect(`${timers.freeBy(set, 1300)}`).toBe('3');
  });

  it('agrees with a map from TPC to time', () => {
    const reservation = fc.tuple(sets, fc.nat(10_000), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(reservation), sets, fc.nat(12_000), (reservations, asked, by) => {
        const timers = new TpcTimers();
        const model = new Map<number, number>();
        for (const [set, now, ns] of reservations) {
          timers.reserve(set, now, ns);
          for (const tpc of set) model.set(tpc, Math.max(now, model.get(tpc) ?? 0) + ns);
        }
        const free = [...asked].filter((tpc) => (model.get(tpc) ?? 0) <= by);
        expect([...timers.freeBy(asked, by)]).toEqual(free);
      }),
    );
  });
});
