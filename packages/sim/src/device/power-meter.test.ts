import { KernelInterner } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { h200 } from '../devices/h200.ts';
import { prepareProfile } from '../model/sim-kernel.ts';
import { meanBoardPower } from '../power/board-power.ts';
import { type KernelSpec, profileOf, scaling } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';

const MS = 1_000_000;

/** An iteration of a light and a heavy kernel, the heavy one alone far above the board's limit. */
const KERNELS: readonly KernelSpec[] = [
  { name: 'vectorized_elementwise', blocks: 1000, ns: () => MS, dramBytes: 1e9 },
  { name: 'nvjet_hsh_128x128_', blocks: 1000, ns: scaling(66 * MS), tensorActive: 0.95 },
];
const PROFILE = profileOf(h200, KERNELS, 10_000);
const ITERATIONS = 400;

/** Mean power of the profile's iterations back to back, W, looked at every `stepNs`. */
function replayed(stepNs: number): number {
  const rig = new Rig(h200);
  const stream = rig.stream();
  const works = prepareProfile(PROFILE, h200, h200, 'graph', new KernelInterner());
  for (let i = 0; i < ITERATIONS; i++) for (const work of works) rig.submit(stream, work);
  const from = 100 * PROFILE.iterationNs;
  rig.run(from);
  rig.device.account();
  const before = rig.device.energyJ;
  const span = 200 * PROFILE.iterationNs;
  for (let t = 0; t < span; t += stepNs) {
    rig.run(stepNs);
    rig.device.account();
  }
  return ((rig.device.energyJ - before) * 1e9) / span;
}

describe('the power of a profile replayed on the device it was measured on', () => {
  const power = replayed(PROFILE.iterationNs);

  it('is that of the fitted model, limit and all', () => {
    expect(power / meanBoardPower(PROFILE)).toBeCloseTo(1, 2);
    expect(power).toBeGreaterThan(400);
  });

  it('does not depend on how often it is looked at', () => {
    expect(replayed(PROFILE.iterationNs / 10)).toBeCloseTo(power, 6);
  });
});
