import {
  findPolicy,
  type Incident,
  type LaunchQueue,
  type Ns,
  Scheduler,
  type Submission,
  type TenantSpec,
  type TpcSet,
} from '@lithos/core';
import { SimulatedDevice } from '../device/simulated-device.ts';
import { Engine } from '../engine/engine.ts';
import type { DeviceFile } from '../model/device-model.ts';
import type { SimKernel } from '../model/sim-kernel.ts';

/** What is left of a finished submission. */
export interface Ended {
  readonly tenant: number;
  readonly stream: number;
  readonly launch: number;
  readonly begin: number;
  readonly end: number;
  readonly blocks: number;
  readonly atom: number;
  readonly last: boolean;
  readonly tpcs: TpcSet;
  readonly stolen: TpcSet;
  readonly priority: number;
  readonly submittedNs: Ns;
  readonly startNs: Ns;
  readonly endNs: Ns;
}

export interface ScheduledOptions {
  readonly file: DeviceFile;
  readonly policy?: string;
  readonly tenants: readonly TenantSpec[];
  readonly parameters?: Readonly<Record<string, number>>;
  /** Streams of each tenant. */
  readonly streams?: number;
}

/** A policy on a simulated device, with streams to launch into and a log of what ended. */
export class Scheduled {
  readonly engine = new Engine();
  readonly device: SimulatedDevice;
  readonly scheduler: Scheduler;
  /** By tenant, then by stream; a tenant without a place has none. */
  readonly queues: readonly (readonly LaunchQueue[])[];
  /** In order of completion. */
  readonly ended: Ended[] = [];
  readonly incidents: Incident[] = [];

  constructor({
    file,
    policy = 'lithos',
    tenants,
    parameters = {},
    streams = 1,
  }: ScheduledOptions) {
    this.device = new SimulatedDevice(file, this.engine);
    this.scheduler = new Scheduler({
      port: this.device,
      policy: findPolicy(policy),
      tenants,
      parameters,
      observer: {
        submissionCompleted: (s) => this.ended.push(copyOf(s)),
        incident: (incident) => this.incidents.push(incident),
      },
    });
    this.queues = tenants.map((_, tenant) =>
      this.scheduler.placements[tenant]?.kind === 'placed'
        ? Array.from({ length: streams }, () =>
            this.scheduler.openStream(tenant, { synchronized: () => {} }),
          )
        : [],
    );
  }

  /** Launches at a later time. */
  launch(at: Ns, tenant: number, work: SimKernel, scale = 1, stream = 0): void {
    const queue = this.queues[tenant]?.[stream] as LaunchQueue;
    this.at(at, () => this.scheduler.launch(queue, work, scale));
  }

  /** Does something at a later time. */
  at(ns: Ns, action: () => void): void {
    this.engine.at(ns, { run: action }, 0);
  }

  /** Lets time pass until `untilNs`. */
  run(untilNs: Ns): void {
    this.engine.run(untilNs);
  }

  /** What has ended of a tenant, in order. */
  endedOf(tenant: number): readonly Ended[] {
    return this.ended.filter((e) => e.tenant === tenant);
  }
}

function copyOf(s: Submission): Ended {
  return {
    tenant: s.tenant,
    stream: s.stream,
    launch: s.launch,
    begin: s.blockBegin,
    end: s.blockEnd,
    blocks: s.work.kernel.blocks,
    atom: s.atom,
    last: s.last,
    tpcs: s.tpcs,
    stolen: s.stolen,
    priority: s.priority,
    submittedNs: s.submittedNs,
    startNs: s.startNs,
    endNs: s.endNs,
  };
}
