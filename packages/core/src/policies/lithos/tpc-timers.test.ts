import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TpcSet } from '../../tpc-set.ts';
import { TpcTimers } from './tpc-timers.ts';

const sets = fc.uniqueArray(fc.integer({ min: 0, max: 95 })).map((tpcs) => TpcSet.of(tpcs));

describe('TpcTimers', () => {
  it('say when the last of what was submitted to a TPC is expected to end', () => {
    const timers = new TpcTimers();
    const set = TpcSet.of([3, 40, 70]);
    timers.reserve(set, 1500);
    timers.reserve(TpcSet.of([40]), 1700);
    timers.reserve(TpcSet.of([40]), 1600);
    expect(`${timers.freeBy(set, 1500)}`).toBe('3,70');
    expect(timers.freeBy(set, 1700)).toBe(set);
  });

  it('are cleared when all of it has ended, whenever that is', () => {
    const timers = new TpcTimers();
    const set = TpcSet.of([3, 40]);
    timers.reserve(set, 1500);
    timers.reserve(TpcSet.of([40]), 1700);
    timers.release(set);
    expect(`${timers.freeBy(set, 1000)}`).toBe('3');
    timers.release(TpcSet.of([40]));
    expect(timers.freeBy(set, 1000)).toBe(set);
  });

  it('agree with a list of what was submitted', () => {
    const reservation = fc.tuple(sets, fc.nat(10_000));
    fc.assert(
      fc.property(
        fc.array(reservation),
        fc.nat(100),
        sets,
        fc.nat(12_000),
        (reservations, ended, asked, by) => {
          const timers = new TpcTimers();
          for (const [set, endNs] of reservations) timers.reserve(set, endNs);
          for (const [set] of reservations.slice(0, ended)) timers.release(set);
          const left = reservations.slice(ended);
          const free = [...timers.freeBy(asked, by)];
          for (const tpc of asked) {
            const here = left.filter(([set]) => set.intersects(TpcSet.of([tpc])));
            // A timer may be late by what ended before others, never early.
            if (here.some(([, endNs]) => endNs > by)) expect(free).not.toContain(tpc);
            if (here.length === 0) expect(free).toContain(tpc);
          }
        },
      ),
    );
  });
});
