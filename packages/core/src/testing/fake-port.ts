import type { DeviceInfo, DeviceListener, DevicePort, SharingDomain } from '../device.ts';
import type { Submission } from '../submission.ts';
import { TpcSet } from '../tpc-set.ts';
import type { Mhz, Ns } from '../units.ts';

/** A copy of what was submitted, as of the call. */
export type Submitted = Readonly<
  Pick<
    Submission,
    | 'id'
    | 'tenant'
    | 'stream'
    | 'launch'
    | 'request'
    | 'scale'
    | 'blockBegin'
    | 'blockEnd'
    | 'atom'
    | 'last'
    | 'token'
    | 'priority'
    | 'predictedNs'
    | 'submittedNs'
  >
> & { readonly kernel: string; readonly tpcs: string; readonly stolen: string };

/** Whole MIG-capable device of `tpcs` TPCs in one GPC, with the capabilities of an A100. */
export function deviceOf(
  tpcs: number,
  capabilities: Partial<DeviceInfo['capabilities']> = {},
): DeviceInfo {
  return {
    id: 'fake',
    name: 'Fake device',
    smsPerTpc: 2,
    sm: {
      threads: 2048,
      blocks: 32,
      registers: 65_536,
      sharedMemoryBytes: 164 * 1024,
      reservedSharedMemoryBytes: 1024,
    },
    tpcsPerGpc: [tpcs],
    tpcs: TpcSet.range(0, tpcs),
    memoryBytes: 1e9,
    clocks: { maxSmMhz: 1000, settableSmMhz: [500, 1000] },
    capabilities: {
      tpcGranularity: 1,
      priorityLevels: 6,
      atoms: { launchNs: 0, skippedBlockNs: 0 },
      domains: ['shared', 'context', 'instance'],
      instances: [],
      ...capabilities,
    },
  };
}

/**
 * A device without physics, driven by hand: a stream runs its submissions in order, each for as long
 * as `durationOf` says when it begins. `Infinity` means that `complete` ends it.
 */
export class FakePort implements DevicePort {
  readonly info: DeviceInfo;
  /** Everything submitted so far. */
  readonly log: Submitted[] = [];
  readonly domains: (SharingDomain | undefined)[] = [];
  private readonly durationOf: (s: Submission) => Ns;
  private time: Ns = 0;
  private listener: DeviceListener | undefined;
  private readonly running = new Map<number, { queue: Submission[]; endNs: Ns }>();
  private timers: { at: Ns; timer: number }[] = [];

  constructor(info: DeviceInfo, durationOf: (s: Submission) => Ns = () => Infinity) {
    this.info = info;
    this.durationOf = durationOf;
  }

  now(): Ns {
    return this.time;
  }

  attach(listener: DeviceListener): void {
    this.listener = listener;
  }

  openTenant(tenant: number, domain: SharingDomain): void {
    this.domains[tenant] = domain;
  }

  openStream(stream: number, tenant: number): void {
    if (this.domains[tenant] === undefined) throw new Error(`tenant ${tenant} is not open`);
    this.running.set(stream, { queue: [], endNs: Infinity });
  }

  submit(submission: Submission): void {
    const { work, tpcs, stolen, startNs: _, endNs: __, ...rest } = submission;
    this.log.push({ ...rest, kernel: work.kernel.name, tpcs: `${tpcs}`, stolen: `${stolen}` });
    const stream = this.stream(submission.stream);
    stream.queue.push(submission);
    if (stream.queue.length === 1) this.begin(submission.stream);
  }

  setTimer(at: Ns, timer: number): void {
    this.timers.push({ at: Math.max(at, this.time), timer });
  }

  setSmClock(mhz: Mhz): void {
    this.listener?.clockChanged(mhz);
  }

  /** Submissions of a stream on the device. */
  inFlight(stream: number): number {
    return this.stream(stream).queue.length;
  }

  /** Ends what a stream runs, now. */
  complete(stream: number): void {
    const state = this.stream(stream);
    const submission = state.queue.shift();
    if (submission === undefined) throw new Error(`stream ${stream} runs nothing`);
    submission.endNs = this.time;
    state.endNs = Infinity;
    if (state.queue.length > 0) this.begin(stream);
    this.listener?.submissionCompleted(submission);
  }

  /** Lets time pass: ends of submissions, then timers, in order of time. */
  advance(toNs: Ns): void {
    for (;;) {
      let next = Infinity;
      let stream = -1;
      for (const [id, state] of this.running) {
        if (state.endNs < next) {
          next = state.endNs;
          stream = id;
        }
      }
      const timer = this.timers.reduce<(typeof this.timers)[number] | undefined>(
        (first, t) => (t.at < (first?.at ?? next) ? t : first),
        undefined,
      );
      const at = timer?.at ?? next;
      if (at > toNs) break;
      this.time = at;
      if (timer === undefined) this.complete(stream);
      else {
        this.timers = this.timers.filter((t) => t !== timer);
        this.listener?.timerFired(timer.timer);
      }
    }
    this.time = Math.max(this.time, toNs);
  }

  /** Lets this instant come to its end. */
  settle(): void {
    this.advance(this.time);
  }

  /** Reports a completion that did not happen, as a broken device would. */
  report(submission: Submission): void {
    this.listener?.submissionCompleted(submission);
  }

  private begin(stream: number): void {
    const state = this.stream(stream);
    const head = state.queue[0] as Submission;
    head.startNs = this.time;
    state.endNs = this.time + this.durationOf(head);
  }

  private stream(stream: number): { queue: Submission[]; endNs: Ns } {
    const state = this.running.get(stream);
    if (state === undefined) throw new Error(`stream ${stream} is not open`);
    return state;
  }
}
