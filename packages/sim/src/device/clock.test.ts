import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

const MS = 1_000_000;
const HALF_CLOCK = 705;

/** 100 ms of which DRAM at its full rate, 1,400 bytes/ns, accounts for a share. */
const work = (memoryShare: number) =>
  kernelOf(a100_40gb, {
    blocks: 10_000,
    ns: always(100 * MS),
    dramBytes: memoryShare * 1400 * 100 * MS,
  });

/** When a 100 ms kernel ends that begins as half the clock is asked for. */
function endAtHalfClock(memoryShare: number): number | undefined {
  const rig = new Rig(a100_40gb);
  rig.submit(rig.stream(), work(memoryShare));
  rig.device.setSmClock(HALF_CLOCK);
  return rig.run(1000 * MS)[0]?.endNs;
}

describe('a change of the SM clock', () => {
  it('is in force, and reported, after 50 ms', () => {
    const rig = new Rig(a100_40gb);
    rig.run(7 * MS);
    rig.device.setSmClock(HALF_CLOCK);
    rig.run(50 * MS - 1);
    expect([rig.device.smMhz, rig.clocks]).toEqual([1410, []]);
    rig.run(1);
    expect([rig.device.smMhz, rig.clocks]).toEqual([705, [{ mhz: 705, at: 57 * MS }]]);
  });

  it('scales what the SMs do, and not what DRAM does', () => {
    // 50 ms at the full clock; at half of it the other half of the work takes
    expect(endAtHalfClock(0)).toBe((50 + 100) * MS);
    expect(endAtHalfClock(0.5)).toBe((50 + 75) * MS);
    expect(endAtHalfClock(1)).toBe((50 + 50) * MS);
  });

  it('can be taken back', () => {
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    rig.device.setSmClock(HALF_CLOCK);
    rig.at(100 * MS, () => rig.device.setSmClock(1410));
    // Half the clock from 50 to 150 ms, in which half the work is done.
    rig.at(50 * MS, () => rig.submit(stream, work(0)));
    expect(spans(rig.run(1000 * MS))).toEqual([[50 * MS, 200 * MS]]);
    expect(rig.clocks.map((c) => c.mhz)).toEqual([705, 1410]);
  });

  it('is counted in the mean clock', () => {
    const rig = new Rig(a100_40gb);
    rig.device.setSmClock(210);
    rig.run(100 * MS);
    rig.device.account();
    expect(rig.device.clockMhzNs / (100 * MS)).toBeCloseTo((1410 + 210) / 2, 9);
  });

  it('outside what the device can do is refused', () => {
    const { device } = new Rig(a100_40gb);
    for (const mhz of [0, 209, 1411, Number.NaN]) {
      expect(() => device.setSmClock(mhz)).toThrow(RangeError);
    }
    for (const mhz of device.info.clocks.settableSmMhz) {
      expect(() => device.setSmClock(mhz)).not.toThrow();
    }
    expect(device.info.clocks.settableSmMhz).toContain(device.info.clocks.maxSmMhz);
  });
});
