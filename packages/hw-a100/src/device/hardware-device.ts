import {
  type DeviceInfo,
  type DeviceListener,
  type DevicePort,
  failedBefore,
  type Host,
  type HostTask,
  type KernelShape,
  LithosError,
  type Mhz,
  type Ns,
  type SharingDomain,
  type Submission,
} from '@lithos/core';
import { isLost } from '../driver/cuda-result.ts';
import type { KernelPlan } from '../kernels/plan.ts';
import { BusyTime } from './busy-time.ts';
import type { ClockHost } from './clock-control.ts';
import { hang, isHang } from './hang.ts';
import type { HardwareCounters, HardwareParts } from './hardware-parts.ts';
import { hostNs } from './host-clock.ts';
import type { HwLaunchable } from './launchable.ts';
import type { PreparedKernel } from './launcher.ts';
import type { Place, SegmentGraph } from './places.ts';
import { StreamState } from './stream-state.ts';
import { TaskHeap } from './task-heap.ts';

/** Submissions of a stream that the driver has at most; more would block the launching thread. */
const DEPTH = 64;
/** Graphs of one segment in one place: so many of it are in flight at most. */
const GRAPHS = 2;
/** How long the loop runs before it lets Node handle signals and the like, ns. */
const TURN_NS = 5_000_000;
/** How often the driver is asked whether work has failed, ns. */
const HEALTH_NS = 100_000_000;
/** How long closing waits for something to end, at most, ns; Ctrl-C has to wait as long. */
const DRAIN_NS = 5_000_000_000;

/**
 * A real GPU behind the device port. The thread that runs the scheduler polls completion records in
 * mapped memory between what it does; it never waits in a call. The time line begins at the first
 * `advance` and stands still from `close` on.
 */
export class HardwareDevice implements DevicePort, Host, ClockHost {
  readonly info: DeviceInfo;
  readonly busy = new BusyTime();
  /** Submissions whose stream went to another place while it had work: each costs an event. */
  moves = 0;
  smMhz: Mhz;

  private readonly parts: HardwareParts;
  private readonly heap = new TaskHeap();
  private readonly timers: HostTask;
  private readonly streams: StreamState[] = [];
  private readonly tenants: boolean[] = [];
  private listener: DeviceListener | undefined;
  private zeroNs: number | undefined;
  private closedNs: Ns | undefined;
  private segments = 0;
  private healthNs = 0;
  private inFlight = 0;
  private lastSignNs = 0;
  /** What the device failed with: nothing is submitted after that, and nothing reported. */
  private failure: Error | undefined;
  /** The listener was told of it. */
  private failed = false;
  private hung = false;

  constructor(parts: HardwareParts) {
    this.parts = parts;
    this.info = parts.info;
    this.smMhz = parts.info.clocks.maxSmMhz;
    this.timers = { run: (timer) => this.listener?.timerFired(timer) };
  }

  now(): Ns {
    if (this.closedNs !== undefined) return this.closedNs;
    return this.zeroNs === undefined ? 0 : Math.round(hostNs() - this.zeroNs);
  }

  /** How far times of the device may be off against the host's clock, as it was when they were compared. */
  get clockErrorNs(): Ns {
    return this.parts.clocks.uncertaintyNs;
  }

  at(at: Ns, task: HostTask, arg: number): void {
    this.heap.push(at, task, arg);
  }

  attach(listener: DeviceListener): void {
    if (this.listener !== undefined) throw new Error('a device takes one listener');
    this.listener = listener;
  }

  openTenant(tenant: number, domain: SharingDomain): void {
    if (domain.kind !== 'shared' || domain.maxTpcs !== undefined) {
      throw new LithosError(
        'E_DEVICE_DOMAIN',
        `one process cannot put a tenant into a domain '${domain.kind}' of its own, or cap its TPCs`,
        'run it with one process per tenant: `lithos compare --backend hw` does so for these policies',
      );
    }
    this.tenants[tenant] = true;
  }

  openStream(stream: number, tenant: number): void {
    if (!this.tenants[tenant]) throw new Error(`tenant ${tenant} was not opened`);
    const { cuda, records, cleanup } = this.parts;
    const event = cuda.createEvent();
    cleanup.add(() => cuda.destroyEvent(event));
    const ring = Int32Array.from({ length: 2 * DEPTH }, () => records.take());
    this.streams[stream] = new StreamState(tenant, event, ring);
  }

  /** Makes a plan launchable as a kernel of its own. */
  prepareKernel(plan: KernelPlan, kernel: KernelShape, ordinal: number): HwLaunchable {
    return { kernel, ordinal, parts: [this.parts.launcher.prepare(plan)], segment: -1 };
  }

  /** Makes plans launchable as one segment. */
  prepareSegment(plans: readonly KernelPlan[], shape: KernelShape, ordinal: number): HwLaunchable {
    const parts = plans.map((plan) => this.parts.launcher.prepare(plan));
    return { kernel: shape, ordinal, parts, segment: this.segments++ };
  }

  /** Registers of a thread, as the driver has compiled it. */
  registersOf({ module, entry }: KernelPlan): number {
    return this.parts.launcher.registersOf(module, entry);
  }

  submit(submission: Submission): void {
    if (this.failure !== undefined) throw failedBefore(this.failure);
    const state = this.streams[submission.stream];
    if (state === undefined) throw new Error(`stream ${submission.stream} was not opened`);
    const work = submission.work as HwLaunchable;
    if (work.parts === undefined || work.parts.length === 0) {
      throw new Error(`'${work.kernel.name}' was not prepared for this device`);
    }
    if (submission.tpcs.size === 0 || !submission.tpcs.isSubsetOf(this.info.tpcs)) {
      throw new Error(`TPC set ${submission.tpcs} is not within ${this.info.tpcs}`);
    }
    // Records and predictions are of the TPCs that it really gets.
    const { tpcs } = submission;
    if (state.asked !== tpcs && !state.asked?.equals(tpcs)) {
      state.asked = tpcs;
      state.served = this.parts.places.served(tpcs);
    }
    submission.tpcs = state.served;
    state.push(submission);
    if (state.length === 1) this.busy.begin(submission.tpcs, this.now());
    if (state.inFlight < state.depth) this.launchNext(state);
  }

  setTimer(at: Ns, timer: number): void {
    this.heap.push(at, this.timers, timer);
  }

  setSmClock(mhz: Mhz): void {
    const { clockControl } = this.parts;
    if (clockControl === undefined) {
      throw new LithosError(
        'E_CLOCK_PERMISSION',
        'the SM clock may not be changed: it was not permitted',
        'permit it with --allow-clocks, as root, on a GPU that is yours alone; or leave the power parameter off',
        1,
      );
    }
    clockControl.set(mhz, this);
  }

  /**
   * Lets time pass until `untilNs`: fires what is due and reports what has ended. Stops now and then
   * for Node's event loop; true when the time has come.
   */
  advance(untilNs: Ns): boolean | Promise<boolean> {
    if (this.zeroNs === undefined) {
      this.parts.power?.begin();
      this.zeroNs = hostNs();
    }
    try {
      return this.turn(untilNs);
    } catch (error) {
      // Work on a lost device does not end, and what closing it finds out is no news.
      this.failed ||= isLost(error);
      throw error;
    }
  }

  private turn(untilNs: Ns): boolean | Promise<boolean> {
    const turnEnd = this.now() + TURN_NS;
    for (;;) {
      const now = this.now();
      while (this.heap.nextNs <= now && this.heap.nextNs <= untilNs) this.heap.runNext();
      if (this.failure === undefined) this.poll();
      if (now < untilNs && now < turnEnd) continue;
      this.watch(now);
      if (now >= untilNs) return true;
      return new Promise((resolve) => setImmediate(() => resolve(false)));
    }
  }

  /** Waits for what is in flight, gives everything back, and stops the clock. */
  close(): void {
    if (this.closedNs !== undefined) return;
    this.closedNs = this.now();
    this.busy.account(this.closedNs);
    let failure: unknown;
    try {
      if (!this.failed) {
        this.parts.power?.finish(this.closedNs);
        this.drain();
      }
    } catch (error) {
      failure = error;
    }
    this.hung ||= isHang(failure);
    const left = this.parts.cleanup.run(this.hung);
    if (!this.failed && (failure ?? left) !== undefined) throw failure ?? left;
  }

  /** Running totals. */
  counters(): HardwareCounters {
    const now = this.now();
    const { power, places } = this.parts;
    if (this.closedNs === undefined) {
      this.busy.account(now);
      power?.update(now);
    }
    return {
      energyJ: power?.energyJ,
      powerW: power?.watts,
      smMhz: power?.smMhz,
      clockMhzNs: power?.clockMhzNs,
      busyTpcs: this.busy.tpcs,
      busyTpcNs: this.busy.tpcNs,
      moves: this.moves,
      contexts: places.created,
      substituted: places.substituted,
    };
  }

  clockChanged(mhz: Mhz): void {
    this.smMhz = mhz;
    this.listener?.clockChanged(mhz);
  }

  clockFailed(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.listener?.fault(error);
  }

  /** As `launch`; a launch that fails takes the device with it. */
  private launchNext(state: StreamState): boolean {
    try {
      return this.launch(state);
    } catch (error) {
      this.failure ??= error as Error;
      throw error;
    }
  }

  /** Gives the driver the next submission of a stream; false if that has to wait for a graph. */
  private launch(state: StreamState): boolean {
    const submission = state.waiting();
    const { cuda, places, launcher, records } = this.parts;
    const previous = state.place;
    const same =
      previous !== undefined &&
      previous.context.tpcs === submission.tpcs &&
      previous.level === submission.priority &&
      !previous.context.gone;
    const place = same
      ? previous
      : places.of(submission.tpcs, submission.priority, submission.stream);
    places.touch(place);
    const work = submission.work as HwLaunchable;
    const graph = work.segment >= 0 ? this.graphOf(work, place) : undefined;
    if (work.segment >= 0 && graph === undefined) return false;
    if (previous !== place) {
      if (previous !== undefined && state.inFlight > 0) {
        cuda.recordEvent(state.event, previous.stream);
        cuda.waitEvent(place.stream, state.event);
        this.moves += 1;
      }
      state.place = place;
    }
    const slot = state.nextSlot;
    let first = state.records[2 * slot] as number;
    let last = first;
    if (graph !== undefined) {
      first = graph.first;
      last = graph.last;
      cuda.launchGraph(graph.exec, place.stream);
      graph.unread = true;
    } else {
      const { blockBegin, blockEnd } = submission;
      const kernel = work.parts[0] as PreparedKernel;
      if (kernel.plan.completion === 'none') last = state.records[2 * slot + 1] as number;
      const begun = records.addresses[first] as bigint;
      const ended = last === first ? 0n : (records.addresses[last] as bigint);
      launcher.launch(kernel, place.stream, blockBegin, blockEnd - blockBegin, begun, ended);
    }
    if (first !== last) records.launched(first);
    state.startRecords[slot] = first;
    state.endRecords[slot] = last;
    state.numbers[slot] = records.launched(last);
    state.places[slot] = place;
    state.graphs[slot] = graph;
    place.inFlight += 1;
    state.launched += 1;
    state.inFlight += 1;
    if (this.inFlight === 0) this.lastSignNs = this.now();
    this.inFlight += 1;
    return true;
  }

  /** A graph of a segment whose records are free; `undefined` while both of a place are taken. */
  private graphOf(work: HwLaunchable, place: Place): SegmentGraph | undefined {
    const graphs = place.graphs.get(work.segment);
    if (graphs === undefined) return this.capture(work, place);
    for (const graph of graphs) if (!graph.unread) return graph;
    return graphs.length < GRAPHS ? this.capture(work, place) : undefined;
  }

  private capture(work: HwLaunchable, place: Place): SegmentGraph {
    const { cuda, launcher, records } = this.parts;
    const first = records.take();
    const [begun, none] = [records.addresses[first] as bigint, 0n];
    const oneRecord = work.parts.length === 1 && work.parts[0]?.plan.completion === 'record';
    const last = oneRecord ? first : records.take();
    const ended = oneRecord ? none : (records.addresses[last] as bigint);
    const final = work.parts.length - 1;
    const exec = cuda.captureGraph(place.stream, () => {
      work.parts.forEach((part, i) => {
        const from = i === 0 ? begun : none;
        const to = i === final ? ended : none;
        launcher.launch(part, place.stream, 0, part.blocks, from, to);
      });
    });
    const graph = { exec, first, last, unread: false };
    const known = place.graphs.get(work.segment);
    if (known === undefined) place.graphs.set(work.segment, [graph]);
    else known.push(graph);
    return graph;
  }

  private poll(): void {
    const { streams } = this;
    const { records } = this.parts;
    for (let i = 0; i < streams.length; i++) {
      const state = streams[i] as StreamState;
      // Not more than there are now: each may bring another, and others want their turn.
      for (let left = state.inFlight; left > 0; left--) {
        const slot = state.headSlot;
        if (!records.done(state.endRecords[slot] as number, state.numbers[slot] as number)) break;
        this.completed(state, slot);
      }
    }
  }

  private completed(state: StreamState, slot: number): void {
    const submission = state.head();
    const { records, clocks } = this.parts;
    const now = this.now();
    const zero = this.zeroNs ?? 0;
    const { baseHigh, baseLow } = clocks;
    const ended = clocks.toHost(records.end(state.endRecords[slot] as number, baseHigh, baseLow));
    clocks.noticed(ended, now + zero);
    const started = clocks.toHost(
      records.start(state.startRecords[slot] as number, baseHigh, baseLow),
    );
    submission.endNs = Math.min(
      now,
      Math.max(submission.submittedNs + 1, Math.round(ended - zero)),
    );
    const start = Math.max(submission.submittedNs, Math.round(started - zero));
    submission.startNs = Math.min(submission.endNs, start);
    (state.places[slot] as Place).inFlight -= 1;
    const graph = state.graphs[slot];
    if (graph !== undefined) graph.unread = false;
    this.busy.end(submission.tpcs, now);
    state.shift();
    this.inFlight -= 1;
    this.lastSignNs = now;
    if (state.length > 0) this.busy.begin(state.head().tpcs, now);
    while (state.inFlight < state.depth && state.inFlight < state.length && this.launchNext(state));
    this.listener?.submissionCompleted(submission);
  }

  /** Looks for work that failed, or that shows no sign of ever ending. */
  private watch(now: Ns): void {
    if (this.inFlight === 0 || now < this.healthNs || this.failure !== undefined) return;
    this.healthNs = now + HEALTH_NS;
    try {
      for (const state of this.streams) {
        if (state.inFlight > 0 && state.place !== undefined) {
          this.parts.cuda.streamIdle(state.place.stream);
        }
      }
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (now - this.lastSignNs < this.parts.hangNs) return;
    this.hung = true;
    const seconds = (this.parts.hangNs / 1e9).toFixed(0);
    this.fail(hang(`nothing has ended on the device for ${seconds} s`));
  }

  private fail(error: Error): void {
    this.failure = error;
    this.failed = true;
    this.listener?.fault(error);
  }

  /** Waits for what the driver has, as long as something ends now and then. */
  private drain(): void {
    const patience = Math.min(this.parts.hangNs, DRAIN_NS);
    let deadline = hostNs() + patience;
    let ended = this.ended();
    for (const { place } of this.streams) {
      if (place === undefined) continue;
      while (!this.parts.cuda.streamIdle(place.stream)) {
        if (hostNs() < deadline) continue;
        const now = this.ended();
        if (now === ended) throw hang(`work on the device does not end: ${this.running()}`);
        ended = now;
        deadline = hostNs() + patience;
      }
    }
  }

  /** What is at the head of the streams, for messages. */
  private running(): string {
    const heads = this.streams.filter(({ inFlight }) => inFlight > 0).map((s) => s.head());
    return [...new Set(heads.map(({ work }) => work.kernel.name))].join(', ');
  }

  /** Submissions in flight that have ended. */
  private ended(): number {
    let count = 0;
    for (const state of this.streams) {
      for (let i = 0; i < state.inFlight; i++) {
        const slot = (state.headSlot + i) % state.depth;
        const record = state.endRecords[slot] as number;
        if (this.parts.records.done(record, state.numbers[slot] as number)) count += 1;
      }
    }
    return count;
  }
}
