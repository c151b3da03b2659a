import type { KernelShape, Ns, Submission } from '@lithos/core';
import type {
  CounterSample,
  RecordLevel,
  RunSink,
  ServedRequest,
  UnfinishedRequest,
} from '@lithos/experiments';
import { type Observations, RowBuffer } from './observations.ts';

/** Notes what a tenant's process sees, until it is sent to the one that writes the record. */
export class Observer implements RunSink {
  private readonly level: RecordLevel;
  private readonly atoms = new RowBuffer('atoms');
  private readonly requests = new RowBuffer('requests');
  private readonly samples = new RowBuffer('counters');
  private readonly changes = new RowBuffer('changes');
  private readonly unfinished = new RowBuffer('unfinished');
  private readonly known = new Set<number>();
  private kernels: KernelShape[] = [];
  /** When it last had no work any more; -1 while it has. */
  private idleSinceNs: Ns = 0;

  constructor(level: RecordLevel) {
    this.level = level;
  }

  submissionCompleted(s: Submission): void {
    if (this.level !== 'all') return;
    const { kernel } = s.work;
    if (!this.known.has(kernel.id)) {
      this.known.add(kernel.id);
      this.kernels.push(kernel);
    }
    this.atoms.add({
      endNs: s.endNs,
      startNs: s.startNs,
      submittedNs: s.submittedNs,
      stream: s.stream,
      launch: s.launch,
      request: s.request,
      kernel: kernel.id,
      blockBegin: s.blockBegin,
      blockEnd: s.blockEnd,
      atom: s.atom,
      last: s.last ? 1 : 0,
      tpcs0: s.tpcs.w0,
      tpcs1: s.tpcs.w1,
      tpcs2: s.tpcs.w2,
      priority: s.priority,
      predictedNs: s.predictedNs,
    });
  }

  requestFinished(_tenant: number, request: ServedRequest, met: boolean): void {
    if (this.level === 'none') return;
    this.requests.add({
      endNs: request.endNs,
      arrivalNs: request.arrivalNs,
      startNs: request.startNs,
      firstTokenNs: request.firstTokenNs ?? Number.NaN,
      request: request.request,
      inputTokens: request.inputTokens,
      outputTokens: request.outputTokens ?? Number.NaN,
      row: request.row,
      met: met ? 1 : 0,
    });
  }

  requestUnfinished(_tenant: number, request: UnfinishedRequest, late: boolean): void {
    if (this.level === 'none') return;
    const { arrivalNs, firstTokenNs = Number.NaN } = request;
    this.unfinished.add({ arrivalNs, firstTokenNs, late: late ? 1 : 0 });
  }

  counters(sample: CounterSample): void {
    if (this.level === 'none') return;
    const { timeNs, powerW, smClockMhz, tpcsHeld, launchesQueued, atomsInFlight } = sample;
    this.samples.add({
      timeNs,
      powerW: powerW ?? Number.NaN,
      smClockMhz: smClockMhz ?? Number.NaN,
      tpcsHeld: tpcsHeld[0] ?? 0,
      launchesQueued: launchesQueued?.[0] ?? 0,
      atomsInFlight: atomsInFlight?.[0] ?? 0,
    });
  }

  /** The device has work of this process from now on, or none any more; for utilisation, at any level. */
  busyChanged(busy: boolean, now: Ns): void {
    // A stream that goes on with its next submission was not idle.
    if (busy && now === this.idleSinceNs && this.changes.rows > 0) this.changes.removeLast();
    else this.changes.add({ timeNs: now, busy: busy ? 1 : 0 });
    this.idleSinceNs = busy ? -1 : now;
  }

  /** The run has ended: what the device still does is not of it. */
  ended(now: Ns): void {
    if (this.idleSinceNs < 0) this.changes.add({ timeNs: now, busy: 0 });
  }

  /** What was noted since the last call. The tables are valid until something else is noted. */
  take(untilNs: Ns): Observations {
    const { kernels } = this;
    this.kernels = [];
    return {
      untilNs,
      atoms: this.atoms.take(),
      requests: this.requests.take(),
      counters: this.samples.take(),
      changes: this.changes.take(),
      unfinished: this.unfinished.take(),
      kernels,
    };
  }
}
