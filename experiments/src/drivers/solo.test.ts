import { findPolicy, KernelInterner, Scheduler } from '@lithos/core';
import { findDevice, prepareProfile } from '@lithos/sim';
import { listProfiles, loadProfile } from '@lithos/traces/node';
import { describe, expect, it } from 'vitest';
import { simBackend } from '../runner/sim-backend.ts';
import { ClosedLoop } from './closed-loop.ts';

const ITERATIONS = 8;

/** Replays a profile on the device it was measured on: a closed loop, two graphs in flight. */
function replay(id: string, policy: string) {
  const profile = loadProfile(id);
  const device = simBackend.open(profile.measured.device);
  const ends: number[] = [];
  const scheduler = new Scheduler({
    port: device.port,
    policy: findPolicy(policy),
    tenants: [{ name: 'only', class: 'hp', quotaTpcs: device.port.info.tpcs.size }],
  });
  const launches = device.prepare(profile, 'graph');
  const context = {
    host: device.host,
    scheduler,
    tenant: 0,
    costs: device.costs,
    sink: { arrived: () => {}, finished: () => ends.push(device.host.now()) },
  };
  new ClosedLoop(context, { launches, mode: 'graph' }, 2).start();
  while (device.advance(profile.iterationNs * (ITERATIONS + 2)) !== true);
  // The first iteration waits for the first launch call.
  const first = ends[0] ?? Number.NaN;
  const last = ends[ITERATIONS - 1] ?? Number.NaN;
  return {
    profile,
    iterationNs: (last - first) / (ITERATIONS - 1),
    eventsPerLaunch: device.counters().events / scheduler.launches,
  };
}

describe.each(listProfiles())('alone on the simulated device, %s', (id) => {
  it('takes the time that was measured, within 1 %, and two events a launch', () => {
    const { profile, iterationNs, eventsPerLaunch } = replay(id, 'mps');
    expect(iterationNs / profile.iterationNs).toBeGreaterThan(0.99);
    expect(iterationNs / profile.iterationNs).toBeLessThan(1.01);
    expect(eventsPerLaunch).toBeLessThanOrEqual(2.1);
  });

  it('has the measured times of its launches at the measured TPC counts', () => {
    const profile = loadProfile(id);
    const file = findDevice(profile.measured.device);
    const works = prepareProfile(profile, file, file, 'graph', new KernelInterner());
    const off = works.flatMap((work, position) =>
      profile.tpcCounts.map((n, i) => {
        const measured = Math.max(1, profile.durationNs[i]?.[position] ?? Number.NaN);
        return Math.abs((work.durationNs[n] ?? Number.NaN) / measured - 1);
      }),
    );
    expect(off).toHaveLength(profile.sequence.length * profile.tpcCounts.length);
    expect(Math.max(...off)).toBeLessThan(1e-9);
  });
});

describe('the profiles that ship', () => {
  it('are many', () => {
    expect(listProfiles().length).toBeGreaterThanOrEqual(20);
  });

  it.each(['mps', 'time-slicing', 'lithos'])('take their time under %s, too', (policy) => {
    for (const id of ['resnet50-b8', 'llama3-8b-decode-b8-c1024']) {
      const { profile, iterationNs } = replay(id, policy);
      expect(iterationNs / profile.iterationNs).toBeGreaterThan(0.99);
      expect(iterationNs / profile.iterationNs).toBeLessThan(1.01);
    }
  });
});
