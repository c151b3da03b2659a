import type { LaunchQueue } from '../launch-queue.ts';
import { lithos } from '../policies/lithos/lithos.ts';
import type { TenantSpec } from '../policy.ts';
import { Scheduler } from '../scheduler.ts';
import type { Submission } from '../submission.ts';
import { deviceOf, FakePort } from './fake-port.ts';
import { TokenLog } from './fixtures.ts';

/** Blocks of `kernelOf` that fit a TPC, by 128 threads and 32 registers each. */
export const BLOCKS_PER_TPC = 32;
/** Nanoseconds that a wave of them takes. */
export const WAVE_NS = 10_000;

/** The time of an atom: its waves, one after the other. */
export const inWaves = (s: Submission): number =>
  WAVE_NS * s.scale * Math.max(1, (s.blockEnd - s.blockBegin) / (BLOCKS_PER_TPC * s.tpcs.size));

/** The LithOS policy on a fake device of eight TPCs, one stream a tenant. */
export function lithosBench(
  tenants: readonly TenantSpec[],
  parameters: Readonly<Record<string, number>> = {},
): { port: FakePort; scheduler: Scheduler; queues: readonly LaunchQueue[] } {
  const port = new FakePort(deviceOf(8), inWaves);
  const scheduler = new Scheduler({ port, policy: lithos, tenants, parameters });
  const queues = tenants.map((_, tenant) => scheduler.openStream(tenant, new TokenLog()));
  return { port, scheduler, queues };
}
