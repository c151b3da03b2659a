import { findPolicy, type LaunchQueue, Scheduler } from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { awaitDone, awaitStream } from '../device/hang.ts';
import { hostNs } from '../device/host-clock.ts';
import { Launcher } from '../device/launcher.ts';
import type { OpenOptions } from '../device/open.ts';
import { openDriver, openHardware } from '../device/open.ts';
import { Records } from '../device/records.ts';
import { spinPlan } from '../kernels/spin.ts';
import { emptyShape } from './shapes.ts';

/** What our core and port add to a launch, ns of host time. */
export interface Overhead {
  /** One bare `cuLaunchKernel` from Node, with no more launches on the device than the port allows. */
  readonly bare_launch_ns: number;
  /** One launch through the port and the scheduler with a policy, all told. */
  readonly streams_ns: number;
  readonly lithos_ns: number;
  /** `lithos_ns` less `bare_launch_ns`. */
  readonly added_ns: number;
}

const LAUNCHES = 20_000;
/** Launches that are queued at a time: the host is never short of room, the device never of work. */
const BATCH = 32;
const ROUNDS = 5;

/** Measures host time per launch with kernels so short that the host is what limits. */
export async function measureOverhead(options: OpenOptions): Promise<Overhead> {
  const bare = bareLaunch(options);
  const streams = await perLaunch(options, 'streams');
  const lithos = await perLaunch(options, 'lithos');
  return {
    bare_launch_ns: bare,
    streams_ns: streams,
    lithos_ns: lithos,
    added_ns: lithos - bare,
  };
}

/** A loop of bare launches that keeps 32 of them on the device: each waits for the one 32 before it. */
function bareLaunch(options: OpenOptions): number {
  return withCleanup((cleanup) => {
    const { cuda } = openDriver(options.ordinal ?? 0, cleanup);
    const launcher = new Launcher(cuda, cleanup);
    const records = new Records(cuda, BATCH, cleanup);
    const kernel = launcher.prepare(spinPlan(1, 32, 0));
    const stream = cuda.createStream(0);
    cleanup.add(() => cuda.destroyStream(stream));
    const numbers = new Uint32Array(BATCH);
    const times = Array.from({ length: ROUNDS }, () => {
      const began = hostNs();
      for (let i = 0; i < LAUNCHES; i++) {
        const record = i % BATCH;
        if (i >= BATCH) {
          awaitDone(() => records.done(record, numbers[record] as number), 'a bare launch');
        }
        launcher.launch(kernel, stream, 0, 1, records.addresses[record] as bigint, 0n);
        numbers[record] = records.launched(record);
      }
      const ns = (hostNs() - began) / LAUNCHES;
      awaitStream(cuda, stream, 'bare launches');
      return ns;
    });
    return Math.min(...times);
  });
}

/** Least time per launch over some rounds; what disturbs a round only makes it longer. */
async function perLaunch(options: OpenOptions, policy: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await oneRound(options, policy));
  return Math.min(...times);
}

async function oneRound(options: OpenOptions, policy: string): Promise<number> {
  const device = openHardware(options);
  try {
    const work = device.prepareKernel(spinPlan(1, 32, 0), emptyShape(0), 0);
    const scheduler = new Scheduler({
      port: device,
      policy: findPolicy(policy),
      tenants: [{ name: 'a', class: 'hp', quotaTpcs: device.info.tpcs.size }],
    });
    let launched = 0;
    const client = {
      synchronized: (): void => {
        if (launched < LAUNCHES) batch();
      },
    };
    const queue: LaunchQueue = scheduler.openStream(0, client);
    const batch = (): void => {
      for (let i = 1; i <= BATCH; i++) {
        launched += 1;
        // Half-way through a batch the next one is asked for, so that the device stays busy.
        scheduler.launch(queue, work, 1, 0, i === BATCH / 2 ? 1 : -1);
      }
    };
    device.at(0, { run: batch }, 0);
    const settled = LAUNCHES / 4;
    while (launched < settled) await device.advance(device.now() + 2e6);
    const [fromNs, from] = [device.now(), launched];
    while (launched < LAUNCHES) await device.advance(device.now() + 2e6);
    return (device.now() - fromNs) / (launched - from);
  } finally {
    device.close();
  }
}
