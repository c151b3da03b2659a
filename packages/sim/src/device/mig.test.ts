import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf, scaling } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

// By hand: 4g has 28 TPCs, 3g has 21, each half the DRAM's 1,400 bytes/ns.
const GAP = 1000;
const MS = 1_000_000;

/** A device split into 4g and 3g, with a stream in each. */
function split() {
  const rig = new Rig(a100_40gb);
  const instance = (computeSlices: number, number: number): number =>
    rig.stream({
      kind: 'instance',
      profile: rig.device.info.capabilities.instances.findIndex(
        (p) => p.computeSlices === computeSlices,
      ),
      instance: number,
    });
  return { rig, four: instance(4, 0), three: instance(3, 1) };
}

/** Draws `rate` bytes/ns from DRAM while it runs alone, whatever TPCs it has. */
const drawing = (rate: number) =>
  kernelOf(a100_40gb, { blocks: 10_000, ns: always(MS), dramBytes: rate * MS }, GAP);

describe('MIG instances', () => {
  it('of 4 and 3 slices run their tenants side by side, each on its own TPCs', () => {
    const { rig, four, three } = split();
    const work = kernelOf(a100_40gb, { blocks: 10_000, ns: scaling(84 * MS) }, GAP);
    rig.submit(four, work);
    rig.submit(three, work);
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, GAP + 3 * MS],
      [GAP, GAP + 4 * MS],
    ]);
  });

  it('do not disturb each other, when either is busy with DRAM or not', () => {
    for (const other of [drawing(1400), drawing(0)]) {
      const alone = split();
      alone.rig.submit(alone.four, drawing(1000));
      const { rig, four, three } = split();
      rig.submit(four, drawing(1000));
      rig.submit(three, other);
      expect(spans(rig.run(10 * MS))[0]).toEqual(spans(alone.rig.run(10 * MS))[0]);
    }
  });

  it('slow a kernel that is bound by DRAM down to their share of it', () => {
    const { rig, four, three } = split();
    rig.submit(four, drawing(1400));
    rig.submit(three, drawing(1400));
    // 1,400 MB at 700 bytes/ns.
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, GAP + 2 * MS],
      [GAP, GAP + 2 * MS],
    ]);
  });

  it('leave a kernel alone that needs less than their share', () => {
    const { rig, four } = split();
    rig.submit(four, drawing(690));
    expect(spans(rig.run(10 * MS))).toEqual([[GAP, GAP + MS]]);
  });

  it('never exceed the compute slices', () => {
    const { rig } = split();
    const profile = rig.device.info.capabilities.instances.length - 1;
    expect(() => rig.stream({ kind: 'instance', profile, instance: 2 })).toThrow('slices');
    expect(() => new Rig(a100_40gb).stream({ kind: 'instance', profile: 99, instance: 0 })).toThrow(
      'no MIG profile 99',
    );
  });
});
