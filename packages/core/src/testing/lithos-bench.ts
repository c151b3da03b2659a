import type { LaunchQueue } from '../launch-queue.ts';
import { lithos } from '../policies/lithos/lithos.ts';
import type { TenantSpec } from '../policy.ts';
import { Scheduler } from '../scheduler.ts';
import type { Submission } from '../submission.ts';
import { deviceOf, FakePort } from './fake-port.ts';
import { TokenLog } from './fixtures.ts';

/** Nanoseconds a block takes on one TPC of the bench's device, which scales perfectly. */
export const BLOCK_NS = 10_000;

/** The time of an atom: perfectly parallel, no overhead. */
export const perfect = (s: Submission): number =>
  ((s.blockEnd - s.blockBegin) * BLOCK_NS * s.scale) / s.tpcs.size;

/** The LithOS policy on a fake device of eight TPCs, one stream a tenant. */
export function lithosBench(
  tenants: readonly TenantSpec[],
  parameters: Readonly<Record<string, number>> = {},
  durationOf: (s: Submission) => number = perfect,
): { port: FakePort; scheduler: Scheduler; queues: readonly LaunchQueue[] } {
  const port = new FakePort(deviceOf(8), durationOf);
  const scheduler = new Scheduler({ port, policy: lithos, tenants, parameters });
  const queues = tenants.map((_, tenant) => scheduler.openStream(tenant, new TokenLog()));
  return { port, scheduler, queues };
}
