import { describe, expect, it } from 'vitest';
import { PolicyError } from './errors.ts';
import type { LaunchQueue } from './launch-queue.ts';
import type { TenantSpec } from './policy.ts';
import { Scheduler } from './scheduler.ts';
import { deviceOf, FakePort } from './testing/fake-port.ts';
import { be, decisionOf, hp, launchable, policyOf, TokenLog } from './testing/fixtures.ts';
import { TpcSet } from './tpc-set.ts';
import { MS, SECOND } from './units.ts';

/**
 * Tenant 0 holds `held` TPCs of 8 for ever; the policy then forgets tenant 1.
 * @returns lets time pass until `untilNs`
 */
function forget(held: number, forgotten: TenantSpec): (untilNs: number) => void {
  const port = new FakePort(deviceOf(8));
  const policy = policyOf((context) => ({
    launchQueued(queue) {
      if (queue.tenant === 1) return;
      context.submit(queue, decisionOf(1, { tpcs: TpcSet.range(0, held) }));
    },
  }));
  const scheduler = new Scheduler({ port, policy, tenants: [be('holder'), forgotten] });
  const queues = [0, 1].map((tenant) => scheduler.openStream(tenant, new TokenLog()));
  for (const queue of queues) scheduler.launch(queue, launchable(1));
  return (untilNs) => port.advance(untilNs);
}

describe('Watchdog', () => {
  it('finds a tenant that waits while TPCs are free', () => {
    const advance = forget(7, be('train'));
    advance(4 * SECOND);
    expect(() => advance(6 * SECOND)).toThrow(PolicyError);
    expect(() => forget(7, be('train'))(6 * SECOND)).toThrow(
      "policy 'under-test': tenant 'train' has had 1 launches waiting and none on the device for 5 s, with 1 TPCs free",
    );
  });

  it('finds a tenant with a quota that waits, whatever is free', () => {
    expect(() => forget(8, hp('chat', 2))(10 * SECOND)).toThrow("tenant 'chat'");
  });

  it('lets a best-effort tenant wait while every TPC is in use', () => {
    expect(() => forget(8, be('train'))(60 * SECOND)).not.toThrow();
  });

  it('lets it wait too while owners use every TPC now and then', () => {
    // The owner works for 1 us in every 7 ms, so at most checks it has nothing on the device.
    const port = new FakePort(deviceOf(8), () => 1000);
    const policy = policyOf((context) => {
      context.setTimer(0, 0);
      return {
        timerFired() {
          const owner = context.queuesOf(0)[0];
          if (owner !== undefined && owner.length > 0) context.submit(owner, decisionOf(1));
          context.setTimer(context.now() + 7 * MS, 0);
        },
      };
    });
    const tenants = [hp('owner', 8), be('train')];
    const scheduler = new Scheduler({ port, policy, tenants });
    const [owner, train] = tenants.map((_, i) => scheduler.openStream(i, new TokenLog()));
    for (let i = 0; i < 3000; i++) scheduler.launch(owner as LaunchQueue, launchable(1));
    scheduler.launch(train as LaunchQueue, launchable(1));
    expect(() => port.advance(20 * SECOND)).not.toThrow();
    // Once the owner has nothing left to do, its TPCs are free.
    expect(() => port.advance(30 * SECOND)).toThrow("tenant 'train'");
  });

  it('counts from when the work came, or was last served', () => {
    const port = new FakePort(deviceOf(8), () => 1);
    // Serves one launch every 4 s: slow, and not forgotten.
    const policy = policyOf((context) => {
      context.setTimer(4 * SECOND, 0);
      return {
        timerFired() {
          for (const queue of context.queuesOf(0)) {
            if (queue.length > 0) context.submit(queue, decisionOf(1));
          }
          context.setTimer(context.now() + 4 * SECOND, 0);
        },
      };
    });
    const scheduler = new Scheduler({ port, policy, tenants: [hp('slow', 8)] });
    const queue = scheduler.openStream(0, new TokenLog());
    for (let i = 0; i < 5; i++) scheduler.launch(queue, launchable(1));
    port.advance(30 * SECOND);
    expect(port.log).toHaveLength(5);
    // Idle for long, then work again: that is not waiting either.
    port.advance(103 * SECOND);
    scheduler.launch(queue, launchable(1));
    port.advance(120 * SECOND);
    expect(port.log).toHaveLength(6);
  });

  it('does not mind what runs for long', () => {
    const port = new FakePort(deviceOf(8));
    const policy = policyOf((context) => ({
      launchQueued(queue) {
        if (queue.outstanding === 0) context.submit(queue, decisionOf(1));
      },
    }));
    const scheduler = new Scheduler({ port, policy, tenants: [hp('long', 8)] });
    const queue = scheduler.openStream(0, new TokenLog());
    for (let i = 0; i < 3; i++) scheduler.launch(queue, launchable(1));
    expect(() => port.advance(100 * SECOND)).not.toThrow();
  });
});
