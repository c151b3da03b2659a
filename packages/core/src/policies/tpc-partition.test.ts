import { describe, expect, it } from 'vitest';
import { Scheduler } from '../scheduler.ts';
import { deviceOf, FakePort } from '../testing/fake-port.ts';
import { be, hp, launchable, TokenLog } from '../testing/fixtures.ts';
import { tpcPartition } from './tpc-partition.ts';

describe('tpc-partition', () => {
  it('gives each tenant its own TPCs, and none of those that are idle', () => {
    const port = new FakePort(deviceOf(12));
    const tenants = [hp('a', 5), be('x'), be('y')];
    const scheduler = new Scheduler({ port, policy: tpcPartition, tenants });
    for (const tenant of [0, 1, 2]) {
      scheduler.launch(scheduler.openStream(tenant, new TokenLog()), launchable(64));
    }
    expect(port.log.map((s) => s.tpcs)).toEqual(['0-4', '5-7', '8-10']);
  });

  it('has no room for best-effort tenants where quotas cover the device', () => {
    const [, second] = tpcPartition.place([hp('a', 12), be('x')], deviceOf(12), {});
    expect(second).toMatchObject({ kind: 'refused' });
  });

  it('keeps to the steps in which a device confines launches', () => {
    const port = new FakePort(deviceOf(12, { tpcGranularity: 4 }));
    const scheduler = new Scheduler({
      port,
      policy: tpcPartition,
      tenants: [hp('a', 6), be('x')],
    });
    for (const tenant of [0, 1]) {
      scheduler.launch(scheduler.openStream(tenant, new TokenLog()), launchable(64));
    }
    expect(port.log.map((s) => s.tpcs)).toEqual(['0-3', '4-7']);
  });

  it('is refused by a device that cannot confine launches', () => {
    const device = deviceOf(12, { tpcGranularity: undefined });
    expect(tpcPartition.unsupported?.(device)).toContain('confines');
  });
});
