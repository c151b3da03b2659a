import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { h200 } from '../devices/h200.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';

const MS = 1_000_000;
const SECOND = 1000 * MS;
/** 10 ms that keep SMs, tensor pipes and DRAM busy. */
const BUSY = kernelOf(a100_40gb, {
  blocks: 10_000,
  ns: always(10 * MS),
  dramBytes: 700 * 10 * MS,
  tensorActive: 0.5,
  warpInstructions: 1e10,
});

function energyJ({ device }: Rig): number {
  device.account();
  return device.energyJ;
}

describe('board power', () => {
  it('without work is 80.0 W at 1,410 MHz and 53.7 W at 210 MHz on an A100', () => {
    const rig = new Rig(a100_40gb);
    rig.run(MS);
    expect(rig.device.powerW()).toBeCloseTo(80.0, 1);
    rig.device.setSmClock(210);
    rig.run(100 * MS);
    expect(rig.device.powerW()).toBeCloseTo(53.7, 1);
  });

  it('without work is 119 W at 1,980 MHz on an H200', () => {
    const rig = new Rig(h200);
    rig.run(MS);
    expect(rig.device.powerW()).toBeGreaterThan(118);
    expect(rig.device.powerW()).toBeLessThan(120.5);
  });

  it('rises with work and falls with it', () => {
    const rig = new Rig(a100_40gb);
    const idle = rig.device.powerW();
    rig.submit(rig.stream(), BUSY);
    rig.run(5 * MS);
    expect(rig.device.powerW()).toBeGreaterThan(idle + 50);
    rig.run(20 * MS);
    expect(rig.device.powerW()).toBe(idle);
  });

  it('of a kernel on fewer TPCs is less', () => {
    const powers = [1, 10, 30, 54].map((tpcs) => {
      const rig = new Rig(a100_40gb);
      rig.submit(
        rig.stream(),
        kernelOf(a100_40gb, { blocks: 10_000, ns: (n) => (54 * MS) / n, tensorActive: 1 }),
        {
          tpcs: TpcSet.range(0, tpcs),
        },
      );
      rig.run(MS / 2);
      return rig.device.powerW();
    });
    expect(powers).toEqual([...powers].sort((a, b) => a - b));
    expect(new Set(powers).size).toBe(4);
  });

  it('is less at a lower clock', () => {
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    rig.device.setSmClock(705);
    for (let i = 0; i < 20; i++) rig.submit(stream, BUSY);
    rig.run(45 * MS);
    const full = rig.device.powerW();
    rig.run(45 * MS);
    expect(rig.device.powerW()).toBeLessThan(full);
  });

  it('is brought down to the limit of the board within some windows of its sensor, by the clock', () => {
    const rig = new Rig(a100_40gb);
    const hot = kernelOf(a100_40gb, { blocks: 10_000, ns: always(MS), tensorActive: 1 });
    const stream = rig.stream();
    for (let i = 0; i < 400; i++) rig.submit(stream, hot);
    rig.run(MS / 2);
    expect([rig.device.smMhz, rig.device.powerW() > 480]).toEqual([1410, true]);
    rig.run(100 * MS);
    expect(rig.device.powerW()).toBeGreaterThan(385);
    expect(rig.device.powerW()).toBeLessThanOrEqual(400);
    expect(rig.device.smMhz).toBeLessThan(1330);
    // What was asked for has not changed, and returns when the work is over.
    expect(rig.clocks).toEqual([]);
    rig.run(1000 * MS);
    expect([rig.device.smMhz, rig.done.length]).toEqual([1410, 400]);
    const { events } = rig.engine;
    rig.run(1000 * MS);
    expect(rig.engine.events).toBe(events);
  });
});

describe('the energy counter', () => {
  it('is power times time without work', () => {
    const rig = new Rig(a100_40gb);
    rig.run(10 * SECOND);
    expect(energyJ(rig)).toBeCloseTo(10 * rig.device.powerW(), 6);
  });

  it('is the integral of power, by hand for one kernel', () => {
    const rig = new Rig(a100_40gb);
    const idle = rig.device.powerW();
    const stream = rig.stream();
    rig.at(2 * MS, () => rig.submit(stream, BUSY));
    rig.run(5 * MS);
    const busy = rig.device.powerW();
    rig.run(15 * MS);
    // 20 ms in all, of which the kernel took 10.
    expect(energyJ(rig)).toBeCloseTo((idle * 10 + busy * 10) / 1000, 6);
  });

  it('is the integral of power whatever runs, for any way of looking at it', () => {
    const busy = (step: number): number => {
      const rig = new Rig(a100_40gb);
      const streams = [rig.stream(), rig.stream(), rig.stream()];
      streams.forEach((stream, i) => {
        for (let k = 0; k < 3; k++) {
          const tpcs = TpcSet.range(9 * i, 30 + 12 * i);
          rig.at(k * 3 * MS, () => rig.submit(stream, BUSY, { tpcs, priority: i, scale: 0.3 }));
        }
      });
      let sum = 0;
      for (let t = 0; t < 60 * MS; t += step) {
        rig.run(step);
        sum += (rig.device.powerW() * step) / 1e9;
        rig.device.account();
      }
      expect(rig.done).toHaveLength(9);
      // Sampled at the ends of steps, so off by a few steps' worth of power at most.
      expect(Math.abs(energyJ(rig) - sum)).toBeLessThan((40 * 400 * step) / 1e9);
      return energyJ(rig);
    };
    expect(busy(10_000)).toBeCloseTo(busy(60 * MS), 9);
  });
});

describe('busy TPCs', () => {
  it('are those with a grid on them', () => {
    const rig = new Rig(a100_40gb);
    const [a, b] = [rig.stream(), rig.stream()];
    rig.submit(a, BUSY, { tpcs: TpcSet.range(0, 10) });
    rig.submit(b, BUSY, { tpcs: TpcSet.range(5, 12), scale: 0.1 });
    rig.run(MS / 2);
    expect(rig.device.busyTpcs()).toBe(12);
    rig.run(100 * MS);
    expect(rig.device.busyTpcs()).toBe(0);
    rig.device.account();
    const [first, second] = rig.run(0);
    const both = (second?.endNs ?? 0) * 12;
    expect(rig.device.busyTpcNs).toBe(both + ((first?.endNs ?? 0) - (second?.endNs ?? 0)) * 10);
  });
});
