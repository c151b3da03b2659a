import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type KernelProfile, SEGMENT_NS, US } from '@lithos/core';
import { type HardwareDevice, type KernelPlan, ProfileWork, spinPlan } from '@lithos/hw-a100';
import { partCount, type SimLaunchable } from '@lithos/sim';
import { describe, expect, it } from 'vitest';
import { twinBackend } from './twin-backend.ts';

const REPOSITORY = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, REPOSITORY), 'utf8');
const profileOf = (id: string): KernelProfile => JSON.parse(read(`traces/profiles/${id}.json`));
const folder = new URL('packages/hw-a100/calibration/nvidia-h200/', REPOSITORY);
const calibrated = readdirSync(fileURLToPath(folder)).map((file) => file.replace('.json', ''));

/** What the GPU would be told to run: `ProfileWork`'s segments, launched by nobody. */
function launchesOfSegments(profile: KernelProfile, segmentNs: number | undefined): number[] {
  const device = {
    prepareKernel: (plan: KernelPlan) => ({ parts: [plan] }),
    prepareSegment: (plans: readonly KernelPlan[]) => ({ parts: plans }),
  } as unknown as HardwareDevice;
  const plans = () => profile.sequence.map(() => spinPlan(1, 32, 0));
  const work = new ProfileWork(device, plans, segmentNs);
  return work.prepare(profile).map(({ parts }) => parts.length);
}

describe('the twin', () => {
  it.each(calibrated)('cuts %s into segments where the GPU does', (id) => {
    const profile = profileOf(id);
    const without: string[] = [];
    for (const segmentNs of [undefined, 40 * US]) {
      const twin = twinBackend((missing) => without.push(missing));
      const device = twin.open('h200', segmentNs === undefined ? {} : { segmentNs });
      const launches = device.prepare(profile, 'graph') as readonly SimLaunchable[];
      expect(launches.map(partCount)).toEqual(launchesOfSegments(profile, segmentNs));
    }
    expect(without).toEqual([]);
  });

  it('loses by segments what a request of ResNet-50 was measured to lose', () => {
    const { service } = JSON.parse(read('experiments/hardware/h200/bench.json'));
    const alone = (segmentNs: number) => {
      const device = twinBackend(() => {}).open('h200', { segmentNs });
      const launches = device.prepare(profileOf(service.profile), 'graph');
      const { launchesNs, gapsNs } = device.soloTimes(launches);
      return { segments: launches.length, ns: launchesNs + gapsNs };
    };
    const [cut, whole] = [alone(SEGMENT_NS), alone(10_000 * US)];
    expect([cut.segments, whole.segments]).toEqual([11, 1]);
    const measuredUs = 1000 * (service.lithos.p50_ms - service.bare_graph.p50_ms);
    expect((cut.ns - whole.ns) / 1000).toBeCloseTo(measuredUs, 0);
  });
});
