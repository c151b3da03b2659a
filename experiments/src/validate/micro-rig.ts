import {
  type DeviceListener,
  type Ns,
  type SharingDomain,
  Submission,
  type TpcSet,
} from '@lithos/core';
import { type DeviceFile, Engine, type SimKernel, SimulatedDevice } from '@lithos/sim';

export interface Finished {
  readonly startNs: Ns;
  readonly endNs: Ns;
}

export interface Placing {
  readonly tpcs?: TpcSet;
  readonly priority?: number;
  /** Called when it has ended. */
  readonly ended?: (finished: Finished) => void;
}

/** The simulated device with a micro-benchmark's host program in the scheduler's place. */
export class MicroRig implements DeviceListener {
  private readonly engine = new Engine();
  private readonly device: SimulatedDevice;
  private readonly callbacks = new Map<number, (finished: Finished) => void>();
  private streams = 0;
  private submissions = 0;

  constructor(file: DeviceFile) {
    this.device = new SimulatedDevice(file, this.engine);
    this.device.attach(this);
  }

  /** Opens a stream, of a tenant of its own. */
  stream(domain: SharingDomain = { kind: 'shared' }): number {
    const stream = this.streams;
    this.streams += 1;
    this.device.openTenant(stream, domain);
    this.device.openStream(stream, stream);
    return stream;
  }

  /** Puts a kernel into a stream now. */
  submit(stream: number, work: SimKernel, placing: Placing = {}): void {
    const s = new Submission();
    s.id = this.submissions;
    s.tenant = stream;
    s.stream = stream;
    s.work = work;
    s.blockEnd = work.kernel.blocks;
    s.tpcs = placing.tpcs ?? this.device.info.tpcs;
    s.priority = placing.priority ?? 0;
    s.submittedNs = this.engine.now();
    this.submissions += 1;
    if (placing.ended !== undefined) this.callbacks.set(s.id, placing.ended);
    this.device.submit(s);
  }

  /** Calls `action` at a later time. */
  at(ns: Ns, action: () => void): void {
    this.engine.at(ns, { run: action }, 0);
  }

  now(): Ns {
    return this.engine.now();
  }

  run(untilNs: Ns): void {
    this.engine.run(untilNs);
  }

  submissionCompleted({ id, startNs, endNs }: Submission): void {
    const callback = this.callbacks.get(id);
    this.callbacks.delete(id);
    callback?.({ startNs, endNs });
  }

  timerFired(): void {}
  clockChanged(): void {}

  fault(error: Error): void {
    throw error;
  }
}
