import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { h200 } from '../devices/h200.ts';
import { idlePower } from '../model/power.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';
import { highestClock } from './power-limiter.ts';

const MS = 1_000_000;
/** The tensor pipes busy for 1 ms: some 494 W. */
const HOT = kernelOf(a100_40gb, { blocks: 10_000, ns: always(MS), tensorActive: 1 });

describe('the highest clock that keeps the power limit', () => {
  it('is the greatest for work that keeps it there', () => {
    expect(highestClock(a100_40gb, 400, 1410)).toBe(1410);
    expect(highestClock(a100_40gb, 100, 900)).toBe(1410);
  });

  it('is a step of the ladder, the lower the more the work draws', () => {
    const clocks = [410, 450, 500, 600].map((watts) => highestClock(a100_40gb, watts, 1410));
    expect(clocks).toEqual([...clocks].sort((a, b) => b - a));
    for (const mhz of clocks)
      expect(a100_40gb.clock.maxSmMhz.value - mhz).toSatisfy((d: number) => d % 15 === 0);
    expect(clocks[0]).toBeLessThan(1410);
  });

  it('stays where it is in the steady state, and has a bottom', () => {
    const mhz = highestClock(a100_40gb, 500, 1410);
    expect(highestClock(a100_40gb, 398, mhz)).toBe(mhz);
    expect(highestClock(a100_40gb, 1e9, 1410)).toBe(210);
    expect(idlePower(a100_40gb, 210)).toBeLessThan(400);
  });
});

describe('a board at its limit', () => {
  it('lets short peaks pass', () => {
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    // 1 ms in 3 at nearly 500 W: 220 W in the mean.
    for (let i = 0; i < 200; i++) rig.at(3 * i * MS, () => rig.submit(stream, HOT));
    rig.run(600 * MS);
    rig.device.account();
    expect([rig.device.smMhz, rig.device.clockMhzNs]).toEqual([1410, 1410 * 600 * MS]);
  });

  it('slows the work by the clock', () => {
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    for (let i = 0; i < 1000; i++) rig.submit(stream, HOT);
    rig.run(800 * MS);
    const { smMhz } = rig.device;
    const before = rig.done.length;
    rig.run(100 * MS);
    expect((rig.done.length - before) / 100).toBeCloseTo(smMhz / 1410, 1);
    expect(smMhz).toBeLessThan(1330);
  });

  it('runs no faster than was asked for', () => {
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    rig.device.setSmClock(1005);
    for (let i = 0; i < 1000; i++) rig.submit(stream, HOT);
    rig.run(800 * MS);
    expect([rig.device.smMhz, rig.clocks]).toEqual([1005, [{ mhz: 1005, at: 50 * MS }]]);
  });

  it('of the H200 draws the mean that its power model says, and keeps its clock', () => {
    const rig = new Rig(h200);
    // 1,000 W while it runs, half of the time: 500 W in the mean, bent to 478 W.
    const work = { ...kernelOf(h200, { blocks: 10_000, ns: always(MS) }), dynamicNj: 1000 * MS };
    const stream = rig.stream();
    for (let i = 0; i < 500; i++) rig.at(2 * i * MS, () => rig.submit(stream, work));
    rig.run(500 * MS);
    rig.device.account();
    const before = rig.device.energyJ;
    rig.run(500 * MS);
    rig.device.account();
    expect((rig.device.energyJ - before) / 0.5).toBeCloseTo(119.3 + 478, -1);
    expect(rig.device.smMhz).toBe(1980);
  });
});
