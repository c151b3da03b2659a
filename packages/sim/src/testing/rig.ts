import {
  type DeviceListener,
  type Mhz,
  type Ns,
  type SharingDomain,
  Submission,
  type TpcSet,
} from '@lithos/core';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../device/simulated-device.ts';
import { Engine } from '../engine/engine.ts';
import type { DeviceFile } from '../model/device-model.ts';
import type { SimLaunchable } from '../model/sim-segment.ts';

/** How a test submits, beyond whole, everywhere and at priority 0. */
export interface How {
  readonly tpcs?: TpcSet;
  readonly priority?: number;
  readonly begin?: number;
  readonly end?: number;
  readonly scale?: number;
}

/** A finished submission. */
export interface Done {
  readonly id: number;
  readonly stream: number;
  readonly startNs: Ns;
  readonly endNs: Ns;
}

/** A simulated device with a test in the scheduler's place. */
export class Rig implements DeviceListener {
  readonly engine = new Engine();
  readonly device: SimulatedDevice;
  /** In order of completion. */
  readonly done: Done[] = [];
  readonly clocks: { readonly mhz: Mhz; readonly at: Ns }[] = [];
  readonly timers: { readonly timer: number; readonly at: Ns }[] = [];
  private tenants = 0;
  private streams = 0;
  private submissions = 0;

  constructor(file: DeviceFile, options: SimulatedDeviceOptions = {}) {
    this.device = new SimulatedDevice(file, this.engine, options);
    this.device.attach(this);
  }

  /** Opens a tenant with one stream, and returns the stream. */
  stream(domain: SharingDomain = { kind: 'shared' }): number {
    this.device.openTenant(this.tenants, domain);
    this.device.openStream(this.streams, this.tenants);
    this.tenants += 1;
    this.streams += 1;
    return this.streams - 1;
  }

  /** Submits now; returns the submission's number. */
  submit(stream: number, work: SimLaunchable, how: How = {}): number {
    const s = new Submission();
    s.id = this.submissions;
    s.tenant = stream;
    s.stream = stream;
    s.work = work;
    s.scale = how.scale ?? 1;
    s.blockBegin = how.begin ?? 0;
    s.blockEnd = how.end ?? work.kernel.blocks;
    s.last = s.blockEnd === work.kernel.blocks;
    s.tpcs = how.tpcs ?? this.device.info.tpcs;
    s.priority = how.priority ?? 0;
    s.submittedNs = this.engine.now();
    this.submissions += 1;
    this.device.submit(s);
    return s.id;
  }

  /** Does something at a later time. */
  at(ns: Ns, action: () => void): void {
    this.engine.at(ns, { run: action }, 0);
  }

  /** Lets `ns` pass and returns what has finished so far, by number. */
  run(ns: Ns): Done[] {
    this.engine.run(this.engine.now() + ns);
    return [...this.done].sort((a, b) => a.id - b.id);
  }

  submissionCompleted({ id, stream, startNs, endNs }: Submission): void {
    this.done.push({ id, stream, startNs, endNs });
  }

  timerFired(timer: number): void {
    this.timers.push({ timer, at: this.engine.now() });
  }

  clockChanged(mhz: Mhz): void {
    this.clocks.push({ mhz, at: this.engine.now() });
  }

  fault(error: Error): void {
    throw error;
  }
}

/** Start and end of each, by number. */
export const spans = (done: readonly Done[]): [Ns, Ns][] =>
  done.map(({ startNs, endNs }) => [startNs, endNs]);
