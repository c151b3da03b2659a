import { KernelInterner, TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { inSegments, segmentsOn } from '../model/sim-segment.ts';
import { always, kernelsOf, scaling } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

const GAP = 760;
const US = 1000;

describe('a segment', () => {
  it('runs its launches one after the other, and ends once', () => {
    const works = kernelsOf(
      a100_40gb,
      [10, 20, 30].map((us) => ({ blocks: 54, ns: always(us * US) })),
      GAP,
    );
    const segments = inSegments(
      'made-up',
      works,
      segmentsOn(works, 100 * US),
      new KernelInterner(),
    );
    expect(
      segments.map(({ kernel, ordinal }) => [kernel.name, kernel.splittable, ordinal]),
    ).toEqual([['made-up[0..2] (3 kernels)', false, 0]]);
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    for (const segment of [...segments, ...segments]) rig.submit(stream, segment);
    expect(spans(rig.run(10_000_000))).toEqual([
      [GAP, 60 * US + 3 * GAP],
      [60 * US + 4 * GAP, 120 * US + 6 * GAP],
    ]);
  });

  it('starts later than its launches follow each other, where a graph does', () => {
    const works = kernelsOf(
      a100_40gb,
      [10, 20, 80].map((us) => ({ blocks: 54, ns: always(us * US) })),
      GAP,
    );
    const segments = inSegments(
      'made-up',
      works,
      segmentsOn(works, 100 * US),
      new KernelInterner(),
      10 * US,
    );
    const rig = new Rig(a100_40gb);
    const stream = rig.stream();
    for (const segment of segments) rig.submit(stream, segment);
    expect(spans(rig.run(10_000_000))).toEqual([
      [10 * US, 40 * US + GAP],
      [50 * US + GAP, 130 * US + GAP],
    ]);
  });

  it('takes as long as its launches would one by one, on any TPCs and at any scale', () => {
    const works = kernelsOf(
      a100_40gb,
      [54_000, 540_000, 1_080_000, 200_000].map((tpcNs) => ({ blocks: 1000, ns: scaling(tpcNs) })),
      GAP,
    );
    const segments = inSegments('made-up', works, segmentsOn(works, 40 * US), new KernelInterner());
    expect(segments.length).toBeLessThan(works.length);
    for (const tpcs of [TpcSet.range(0, 54), TpcSet.range(3, 10)]) {
      const end = (list: typeof segments): number => {
        const rig = new Rig(a100_40gb);
        const stream = rig.stream();
        for (const work of list) rig.submit(stream, work, { tpcs, scale: 1.5 });
        return rig.run(100_000_000).at(-1)?.endNs ?? Number.NaN;
      };
      expect(end(segments)).toBe(end(works));
    }
  });
});

describe('a scheduler that takes time', () => {
  const [work] = kernelsOf(a100_40gb, [{ blocks: 54, ns: always(20 * US) }], GAP);

  it('delays the first submission, and none that finds the device busy', () => {
    const rig = new Rig(a100_40gb, { dispatchNs: 5 * US });
    const stream = rig.stream();
    for (let i = 0; i < 3; i++) rig.submit(stream, work as never);
    expect(spans(rig.run(10_000_000))).toEqual([
      [5 * US + GAP, 25 * US + GAP],
      [25 * US + 2 * GAP, 45 * US + 2 * GAP],
      [45 * US + 3 * GAP, 65 * US + 3 * GAP],
    ]);
  });

  it('does one submission after the other, whosever they are', () => {
    const rig = new Rig(a100_40gb, { dispatchNs: 50 * US });
    const [a, b] = [rig.stream(), rig.stream()];
    rig.submit(a, work as never, { tpcs: TpcSet.range(0, 27) });
    rig.submit(b, work as never, { tpcs: TpcSet.range(27, 54) });
    rig.submit(a, work as never, { tpcs: TpcSet.range(0, 27) });
    expect(rig.run(10_000_000).map((d) => d.startNs)).toEqual([
      50 * US + GAP,
      100 * US + GAP,
      150 * US + GAP,
    ]);
  });
});
