import { findPolicy, type KernelProfile, NO_TOKEN, Scheduler } from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { awaitDone } from '../device/hang.ts';
import { hostNs } from '../device/host-clock.ts';
import type { HwLaunchable } from '../device/launchable.ts';
import { Launcher } from '../device/launcher.ts';
import { type OpenOptions, openDriver, openHardware } from '../device/open.ts';
import { Records } from '../device/records.ts';
import { type Planner, ProfileWork } from '../work/profile-work.ts';
import { type Latency, latencyOf } from './statistics.ts';

/** A service alone: its requests one after the other, by how they are launched. */
export interface ServiceAlone {
  readonly profile: string;
  readonly launches: number;
  /** One `cuLaunchKernel` for each launch. */
  readonly bare_launches: Latency;
  /** One graph for the whole request. */
  readonly bare_graph: Latency;
  /** Under LithOS, in segments. */
  readonly lithos: Latency;
  /** Median under LithOS over that of bare launches. */
  readonly lithos_over_bare: number;
}

const REQUESTS = 1500;
const WARMUP = 200;

/** Compares what a request takes alone under LithOS with what it takes without it. */
export async function measureService(
  options: OpenOptions,
  profile: KernelProfile,
  plansOf: Planner,
): Promise<ServiceAlone> {
  const { launches, graph } = bare(options, profile, plansOf);
  const lithos = await underLithos(options, profile, plansOf);
  return {
    profile: profile.id,
    launches: profile.sequence.length,
    bare_launches: launches,
    bare_graph: graph,
    lithos,
    lithos_over_bare: lithos.p50_ms / launches.p50_ms,
  };
}

function bare(
  options: OpenOptions,
  profile: KernelProfile,
  plansOf: Planner,
): { readonly launches: Latency; readonly graph: Latency } {
  return withCleanup((cleanup) => {
    const { cuda } = openDriver(options.ordinal ?? 0, cleanup);
    const launcher = new Launcher(cuda, cleanup);
    const records = new Records(cuda, 16, cleanup);
    const kernels = plansOf(profile).map((plan) => launcher.prepare(plan));
    const stream = cuda.createStream(0);
    cleanup.add(() => cuda.destroyStream(stream));
    const record = records.take();
    const address = records.addresses[record] as bigint;
    const issue = (): void =>
      kernels.forEach((kernel, i) => {
        const last = i === kernels.length - 1 ? address : 0n;
        launcher.launch(kernel, stream, 0, kernel.blocks, 0n, last);
      });
    const exec = cuda.captureGraph(stream, issue);
    cleanup.add(() => cuda.destroyGraph(exec));
    const time = (act: () => void): Latency => {
      const times: number[] = [];
      for (let i = 0; i < REQUESTS + WARMUP; i++) {
        const began = hostNs();
        act();
        const number = records.launched(record);
        awaitDone(() => records.done(record, number), `a request of '${profile.id}'`);
        if (i >= WARMUP) times.push(hostNs() - began);
      }
      return latencyOf(times);
    };
    return { launches: time(issue), graph: time(() => cuda.launchGraph(exec, stream)) };
  });
}

async function underLithos(
  options: OpenOptions,
  profile: KernelProfile,
  plansOf: Planner,
): Promise<Latency> {
  const device = openHardware(options);
  try {
    const launches: readonly HwLaunchable[] = new ProfileWork(device, plansOf).prepare(profile);
    const scheduler = new Scheduler({
      port: device,
      policy: findPolicy('lithos'),
      tenants: [{ name: 'service', class: 'hp', quotaTpcs: device.info.tpcs.size }],
    });
    const times: number[] = [];
    let done = 0;
    let began = 0;
    const queue = scheduler.openStream(0, {
      synchronized: () => {
        done += 1;
        if (done > WARMUP) times.push(hostNs() - began);
        if (done < REQUESTS + WARMUP) request();
      },
    });
    const request = (): void => {
      began = hostNs();
      launches.forEach((work, i) => {
        scheduler.launch(queue, work, 1, done, i === launches.length - 1 ? 1 : NO_TOKEN);
      });
    };
    device.at(0, { run: request }, 0);
    while (done < REQUESTS + WARMUP) await device.advance(device.now() + 50e6);
    return latencyOf(times);
  } finally {
    device.close();
  }
}
