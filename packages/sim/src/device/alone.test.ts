import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf, kernelsOf, scaling } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

const GAP = 760;

describe('a kernel alone on the device', () => {
  it('takes the launch gap and the time measured on its TPCs', () => {
    const work = kernelOf(a100_40gb, { blocks: 1000, ns: scaling(5_400_000) }, GAP);
    for (const tpcs of [1, 7, 27, 54]) {
      const rig = new Rig(a100_40gb);
      const stream = rig.stream();
      rig.at(10_000, () => rig.submit(stream, work, { tpcs: TpcSet.range(0, tpcs) }));
      const start = 10_000 + GAP;
      expect(spans(rig.run(10_000_000))).toEqual([[start, start + Math.round(5_400_000 / tpcs)]]);
    }
  });

  it('is followed by the next of its stream, a gap later', () => {
    const works = kernelsOf(
      a100_40gb,
      [100, 200, 300].map((us) => ({ blocks: 54, ns: always(us * 1000) })),
      GAP,
    );
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    for (const work of works) rig.submit(stream, work);
    expect(spans(rig.run(10_000_000))).toEqual([
      [GAP, 100_000 + GAP],
      [100_000 + 2 * GAP, 300_000 + 2 * GAP],
      [300_000 + 3 * GAP, 600_000 + 3 * GAP],
    ]);
  });

  it('takes its time by the factor that it was launched with', () => {
    const work = kernelOf(a100_40gb, { blocks: 10, ns: always(40_000) });
    const rig = new Rig(a100_40gb);
    rig.submit(rig.stream(), work, { scale: 1.25 });
    expect(spans(rig.run(1_000_000))).toEqual([[0, 50_000]]);
  });

  it('in atoms of whole waves takes as long as whole, and a gap and the early exits more for each', () => {
    // Four blocks fit a TPC, so 40 blocks are a wave on ten TPCs: ten waves of 100 us.
    const work = kernelOf(a100_40gb, { blocks: 400, ns: scaling(10_000_000) }, GAP);
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    const tpcs = TpcSet.range(20, 30);
    for (let begin = 0; begin < 400; begin += 80) {
      rig.submit(stream, work, { tpcs, begin, end: begin + 80 });
    }
    const done = rig.run(10_000_000);
    expect(done).toHaveLength(5);
    // The 320 blocks outside an atom's range leave at 1.34 blocks/ns: 239 ns.
    const exits = 239;
    done.forEach(({ startNs, endNs }, i) => {
      expect([startNs, endNs]).toEqual([
        (200_000 + exits) * i + GAP * (i + 1),
        (200_000 + exits + GAP) * (i + 1),
      ]);
    });
  });

  it('in atoms of a block range takes as long as whole, and a gap more for each', () => {
    const file = { ...a100_40gb, atoms: { value: 'block-range', source: 'a test' } } as const;
    const work = kernelOf(file, { blocks: 400, ns: scaling(10_000_000) }, GAP);
    const rig = new Rig(file);
    const stream = rig.stream();
    const tpcs = TpcSet.range(20, 30);
    for (let begin = 0; begin < 400; begin += 80) {
      rig.submit(stream, work, { tpcs, begin, end: begin + 80 });
    }
    expect(spans(rig.run(10_000_000)).at(-1)).toEqual([800_000 + 5 * GAP, 1_000_000 + 5 * GAP]);
  });

  it('takes its time even if it moves more than the device should be able to', () => {
    const greedy = { blocks: 1000, ns: scaling(54_000_000), dramBytes: 1e12, l2Bytes: 1e12 };
    for (const written of [0, 0.5, 1]) {
      const work = kernelOf(a100_40gb, { ...greedy, dramWriteBytes: 1e12 * written }, GAP);
      for (const tpcs of [54, 30, 10, 2]) {
        const rig = new Rig(a100_40gb);
        rig.submit(rig.stream(), work, { tpcs: TpcSet.range(0, tpcs) });
        expect(spans(rig.run(1e9))).toEqual([[GAP, GAP + Math.round(54_000_000 / tpcs)]]);
      }
    }
  });

  it('needs two events: the end of its launch gap, and its own', () => {
    const works = kernelsOf(
      a100_40gb,
      Array.from({ length: 100 }, (_, i) => ({ blocks: 1 + 100 * i, ns: scaling(1e6 + i) })),
      GAP,
    );
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    for (const work of works) rig.submit(stream, work);
    expect(rig.run(1e9)).toHaveLength(100);
    expect(rig.engine.events).toBeLessThanOrEqual(210);
  });

  it('may be a copy, which takes no SM', () => {
    const copy = kernelOf(a100_40gb, { blocks: 1, threads: 0, ns: always(5000) }, GAP);
    const work = kernelOf(a100_40gb, { blocks: 10_000, ns: always(1_000_000) }, GAP);
    const rig = new Rig(a100_40gb);
    rig.submit(rig.stream(), work);
    rig.submit(rig.stream(), copy);
    const [kernel, transfer] = rig.run(10_000_000);
    expect([kernel?.startNs, kernel?.endNs]).toEqual([GAP, GAP + 1_000_000]);
    // It need not wait for a slot on a device that is full.
    expect(transfer?.startNs).toBeLessThan(10 * GAP);
    expect((transfer?.endNs ?? 0) - (transfer?.startNs ?? 0)).toBe(5000);
  });
});

describe('a simulated device', () => {
  it('takes one listener, and only tenants that were opened', () => {
    const { device } = new Rig(a100_40gb);
    expect(() => device.attach(new Rig(a100_40gb))).toThrow('one listener');
    expect(() => device.openStream(0, 0)).toThrow('tenant 0 was not opened');
  });

  it('fires timers at their time, and past ones at once', () => {
    const rig = new Rig(a100_40gb);
    rig.run(1000);
    rig.device.setTimer(3000, 1);
    rig.device.setTimer(10, 2);
    rig.device.setTimer(3000, 3);
    rig.run(5000);
    expect(rig.timers).toEqual([
      { timer: 2, at: 1000 },
      { timer: 1, at: 3000 },
      { timer: 3, at: 3000 },
    ]);
  });
});
