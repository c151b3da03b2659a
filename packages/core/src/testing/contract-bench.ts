import type { DeviceInfo, DeviceListener, DevicePort } from '../device.ts';
import type { Launchable } from '../kernel.ts';
import { Submission } from '../submission.ts';
import type { TpcSet } from '../tpc-set.ts';
import { type Mhz, MS, type Ns, SECOND } from '../units.ts';

/** A device that has just been opened, as the contract drives it. */
export interface ContractRig {
  readonly port: DevicePort;
  /** A launch of `blocks` blocks that take about `blockNs` each, with nothing else to them. */
  launchable(blocks: number, blockNs: Ns): Launchable;
  /** Such launches, to be submitted as one that runs them one after the other. */
  segment(launches: readonly SpinLaunch[]): Launchable;
  /** Makes the device fail for good, where that can be done without harm. */
  breakDown?(): void;
  /** Lets time pass until `untilNs`, and what is due happen. */
  advance(untilNs: Ns): Promise<void>;
}

/** A launch whose blocks do nothing but take their time. */
export interface SpinLaunch {
  readonly blocks: number;
  readonly blockNs: Ns;
}

/** One thing that every device does; `run` throws if it does not. */
export interface ContractCheck {
  readonly name: string;
  /** False if this device does not have what it is about, or cannot be tried on it. */
  applies(rig: ContractRig): boolean;
  run(rig: ContractRig): Promise<void>;
}

/** How long the contract waits for anything, in the device's time. */
const PATIENCE_NS = 10 * SECOND;

/** A listener that notes what it is told, and complains of what it should not be told. */
class Witness implements DeviceListener {
  readonly completed: {
    readonly id: number;
    readonly stream: number;
    readonly startNs: Ns;
    readonly endNs: Ns;
  }[] = [];
  readonly timers: { readonly timer: number; readonly at: Ns }[] = [];
  readonly clocks: Mhz[] = [];
  readonly faults: Error[] = [];
  /** A fault is what is waited for. */
  faulty = false;
  /** True while a method of the port runs: it must not call back. */
  inside = false;
  private readonly port: DevicePort;

  constructor(port: DevicePort) {
    this.port = port;
    port.attach(this);
  }

  submissionCompleted(submission: Submission): void {
    this.outside('submissionCompleted');
    const { id, stream, submittedNs, startNs, endNs } = submission;
    const now = this.port.now();
    expect(
      submittedNs <= startNs && startNs <= endNs && endNs <= now,
      `submission ${id}: submitted ${submittedNs}, start ${startNs}, end ${endNs}, reported ${now} ns`,
    );
    expect(!this.completed.some((c) => c.id === id), `submission ${id} completed twice`);
    this.completed.push({ id, stream, startNs, endNs });
  }

  timerFired(timer: number): void {
    this.outside('timerFired');
    this.timers.push({ timer, at: this.port.now() });
  }

  clockChanged(mhz: Mhz): void {
    this.outside('clockChanged');
    this.clocks.push(mhz);
  }

  fault(error: Error): void {
    if (!this.faulty) throw error;
    this.outside('fault');
    this.faults.push(error);
  }

  private outside(what: string): void {
    expect(!this.inside, `${what} was called from inside a method of the port`);
  }
}

export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** A rig with a listener and streams, and what the checks do with them. */
export class Bench {
  readonly rig: ContractRig;
  readonly port: DevicePort;
  readonly witness: Witness;
  private submitted = 0;

  constructor(rig: ContractRig, streams: number) {
    this.rig = rig;
    this.port = rig.port;
    this.witness = new Witness(rig.port);
    for (let i = 0; i < streams; i++) {
      rig.port.openTenant(i, { kind: 'shared' });
      rig.port.openStream(i, i);
    }
  }

  submit(stream: number, work: Launchable, changes: Partial<Submission> = {}): Submission {
    const submission = new Submission();
    Object.assign(submission, {
      id: this.submitted++,
      tenant: stream,
      stream,
      work,
      blockEnd: work.kernel.blocks,
      tpcs: this.port.info.tpcs,
      submittedNs: this.port.now(),
      ...changes,
    });
    this.witness.inside = true;
    try {
      this.port.submit(submission);
    } finally {
      this.witness.inside = false;
    }
    return submission;
  }

  setTimer(at: Ns, timer: number): void {
    this.witness.inside = true;
    this.port.setTimer(at, timer);
    this.witness.inside = false;
  }

  /** Lets time pass until something holds. */
  async until(done: () => boolean, what: string): Promise<void> {
    const limit = this.port.now() + PATIENCE_NS;
    while (!done()) {
      expect(this.port.now() < limit, `${what} did not happen`);
      await this.rig.advance(this.port.now() + MS);
    }
  }

  async allCompleted(): Promise<void> {
    const all = (): boolean => this.witness.completed.length === this.submitted;
    await this.until(all, 'the completion of everything that was submitted');
    await this.rig.advance(this.port.now() + 5 * MS);
    expect(all(), 'something was completed that was not submitted');
  }

  /** Two TPC sets that have nothing in common; none where launches are not confined. */
  halves(): readonly TpcSet[] {
    const { tpcs, capabilities } = this.port.info;
    const { tpcGranularity } = capabilities;
    if (tpcGranularity === undefined || !confines(this.rig)) return [];
    const groups = Math.floor(tpcs.size / tpcGranularity);
    const lower = tpcs.lowest(Math.floor(groups / 2) * tpcGranularity);
    return [lower, tpcs.difference(lower).lowest(tpcGranularity)];
  }
}

/**
 * A check of a device on which that many streams, each of a tenant of its own, are open.
 * @param applies whether the device has what it is about
 */
export const check = (
  name: string,
  streams: number | ((info: DeviceInfo) => number),
  run: (bench: Bench) => Promise<void>,
  applies: (rig: ContractRig) => boolean = () => true,
): ContractCheck => ({
  name,
  applies,
  run: (rig) => run(new Bench(rig, typeof streams === 'number' ? streams : streams(rig.port.info))),
});

/** The device takes at least two TPC sets that have nothing in common. */
export function confines({ port }: ContractRig): boolean {
  const { tpcGranularity } = port.info.capabilities;
  return tpcGranularity !== undefined && port.info.tpcs.size >= 2 * tpcGranularity;
}

/** The smallest TPC set that a launch can be confined to, and the blocks of 32 threads that it holds. */
export function smallest({ tpcs, capabilities, sm, smsPerTpc }: DeviceInfo): {
  readonly set: TpcSet;
  readonly held: number;
} {
  const set = tpcs.lowest(capabilities.tpcGranularity ?? tpcs.size);
  return { set, held: set.size * smsPerTpc * sm.blocks };
}

export function throws(act: () => void, what: string): void {
  try {
    act();
  } catch {
    return;
  }
  throw new Error(`it took ${what}`);
}
