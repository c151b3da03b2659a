import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { findDevice } from '../devices/registry.ts';
import { always, kernelsOf, profileOf } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';
import { prepareSegments } from './segments.ts';
import { KernelInterner, prepareProfile, type SimKernel } from './sim-kernel.ts';

const h200 = findDevice('h200');
const specs = [30_000, 40_000, 50_000, 900_000, 10_000].map((ns) => ({
  blocks: 264,
  ns: always(ns),
}));

function segments(gapNs: number): readonly SimKernel[] {
  const profile = profileOf(h200, specs, gapNs);
  const interner = new KernelInterner();
  const kernels = prepareProfile(profile, h200, h200, 'graph', interner);
  return prepareSegments(profile, kernels, interner);
}

describe('segments in the simulator', () => {
  it('take as long as their launches one by one', () => {
    const [whole, cut] = [new Rig(h200), new Rig(h200)];
    const [a, b] = [whole.stream(), cut.stream()];
    for (const kernel of kernelsOf(h200, specs, 700)) whole.submit(a, kernel);
    for (const segment of segments(700)) cut.submit(b, segment);
    whole.engine.run(10_000_000, 1e6);
    cut.engine.run(10_000_000, 1e6);
    expect(cut.done).toHaveLength(4);
    expect(cut.done[3]?.endNs).toBe(whole.done[4]?.endNs);
    expect(cut.done[0]?.endNs).toBe(whole.done[1]?.endNs);
    expect(cut.done[0]?.startNs).toBe(whole.done[0]?.startNs);
  });

  it('are not cut, but for a long launch, which stays by itself', () => {
    expect(segments(0).map((s) => [s.parts?.length, s.kernel.splittable])).toEqual([
      [2, false],
      [undefined, true],
      [undefined, true],
      [undefined, true],
    ]);
  });

  it('of two streams on TPC sets of their own run side by side', () => {
    const rig = new Rig(h200);
    const [a, b] = [rig.stream(), rig.stream()];
    const [segment] = segments(0) as [SimKernel];
    rig.submit(a, segment, { tpcs: TpcSet.range(0, 33) });
    rig.submit(b, segment, { tpcs: TpcSet.range(33, 66) });
    rig.engine.run(10_000_000, 1e6);
    expect(rig.done.map((d) => d.endNs)).toEqual([70_000, 70_000]);
  });
});
