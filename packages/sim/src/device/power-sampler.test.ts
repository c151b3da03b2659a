import { assert, double, integer, array as lists, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';
import { PowerSampler } from './power-sampler.ts';

const MS = 1_000_000;

describe('the sampled power', () => {
  it('is the mean of the last 25 ms of every 100 ms, by hand', () => {
    const sampler = new PowerSampler(a100_40gb, 80);
    sampler.add(0, 70 * MS, 400);
    expect(sampler.watts).toBe(80);
    // 5 ms of the window at 400 W, 10 at 200, 10 at 100.
    sampler.add(70 * MS, 80 * MS, 400);
    sampler.add(80 * MS, 90 * MS, 200);
    sampler.add(90 * MS, 99 * MS, 100);
    expect(sampler.watts).toBe(80);
    sampler.add(99 * MS, 160 * MS, 100);
    expect(sampler.watts).toBe((5 * 400 + 10 * 200 + 10 * 100) / 25);
    // Four whole windows, and 5 ms of the next.
    sampler.add(160 * MS, 580 * MS, 300);
    expect(sampler.watts).toBe(300);
    sampler.add(580 * MS, 600 * MS, 100);
    expect(sampler.watts).toBe((5 * 300 + 20 * 100) / 25);
  });

  it('does not depend on how time is cut', () => {
    const span = record({
      ms: integer({ min: 0, max: 300 }),
      watts: double({ min: 50, max: 400, noNaN: true }),
    });
    assert(
      property(lists(span, { minLength: 1, maxLength: 20 }), (spans) => {
        const whole = new PowerSampler(a100_40gb, 80);
        const cut = new PowerSampler(a100_40gb, 80);
        let from = 0;
        for (const { ms, watts } of spans) {
          whole.add(from, from + ms * MS, watts);
          for (let i = 0; i < ms; i++) cut.add(from + i * MS, from + (i + 1) * MS, watts);
          from += ms * MS;
        }
        expect(cut.watts).toBeCloseTo(whole.watts, 9);
      }),
      { numRuns: 50 },
    );
  });

  it('overrates work that comes when the board looks, and misses what comes between', () => {
    // 20 ms of work in every 100 ms, in the window or outside.
    const busy = kernelOf(a100_40gb, {
      blocks: 10_000,
      ns: always(20 * MS),
      dramBytes: 1400 * 20 * MS,
    });
    const sampled = (offsetMs: number): readonly [sampled: number, mean: number] => {
      const rig = new Rig(a100_40gb);
      const stream = rig.stream();
      for (let i = 0; i < 10; i++)
        rig.at((100 * i + offsetMs) * MS, () => rig.submit(stream, busy));
      rig.run(1000 * MS);
      rig.device.account();
      return [rig.device.sampledPowerW(), rig.device.energyJ];
    };
    const [seen, mean] = sampled(77);
    const [missed, same] = sampled(20);
    expect(same).toBeCloseTo(mean, 6);
    expect(seen).toBeGreaterThan(1.5 * mean);
    expect(missed).toBeCloseTo(80, 0);
  });
});
