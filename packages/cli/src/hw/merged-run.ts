import { type KernelShape, MS, type Ns, Submission, TpcSet } from '@lithos/core';
import type { RunSink } from '@lithos/experiments';
import type { RowOf } from './observations.ts';

/** How often counters are written: as in a run of one process. */
const SAMPLE_NS: Ns = 10 * MS;

/** A tenant, as what its process tells of it is to be read. */
export interface MergedTenant {
  /** TPCs that its work can fill; under MPS nobody knows which. */
  readonly tpcs: number;
  /** Number of the first TPC of its own part of the device; 0 where it has none. */
  readonly firstTpc: number;
}

/**
 * A run of several processes, told as one process would have: rows come in the order of the run's time,
 * and go to a record with the times, numbers and TPCs of the run.
 */
export class MergedRun {
  /** TPC-nanoseconds with work of at least one process. */
  busyTpcNs = 0;
  /** Until when that is counted, in the run's time: work at the end of a run outlasts it. */
  countedNs: Ns = 0;
  private readonly tenants: readonly MergedTenant[];
  private readonly tpcs: number;
  private readonly sink: RunSink | undefined;
  private readonly submission = new Submission();
  private readonly sets = new Map<string, TpcSet>();
  /** Kernels of each tenant by their ids in its process. */
  private readonly kernels: readonly Map<number, KernelShape>[];
  private readonly busy: boolean[];
  private readonly latest: (RowOf<'counters'> | undefined)[];
  private kernelCount = 0;
  private busyTpcs = 0;
  private nextSampleNs: Ns = 0;

  /**
   * @param tpcs TPCs of the device
   * @param sink where the record is written, if there is one
   */
  constructor(tenants: readonly MergedTenant[], tpcs: number, sink: RunSink | undefined) {
    this.tenants = tenants;
    this.tpcs = tpcs;
    this.sink = sink;
    this.kernels = tenants.map(() => new Map());
    this.busy = tenants.map(() => false);
    this.latest = tenants.map(() => undefined);
  }

  /** A kernel that atoms of a tenant may name from now on. */
  kernel(tenant: number, kernel: KernelShape): void {
    this.kernels[tenant]?.set(kernel.id, { ...kernel, id: this.kernelCount++ });
  }

  /** Writes the counters of the moments before `now`: of each process the last that it had read then. */
  sampleUntil(now: Ns): void {
    for (; this.nextSampleNs < now; this.nextSampleNs += SAMPLE_NS) this.sample(this.nextSampleNs);
  }

  /** A process has work on the device from now on, or none any more. */
  change(tenant: number, now: Ns, row: RowOf<'changes'>): void {
    this.busyTpcNs += this.busyTpcs * (now - this.countedNs);
    this.countedNs = now;
    this.busy[tenant] = row.busy === 1;
    const filled = this.tenants.reduce((sum, t, i) => sum + (this.busy[i] ? t.tpcs : 0), 0);
    this.busyTpcs = Math.min(this.tpcs, filled);
  }

  counters(tenant: number, row: RowOf<'counters'>): void {
    this.latest[tenant] = row;
  }

  atom(tenant: number, offsetNs: Ns, row: RowOf<'atoms'>): void {
    if (this.sink === undefined) return;
    const kernel = this.kernels[tenant]?.get(row.kernel);
    if (kernel === undefined)
      throw new Error(`an atom of kernel ${row.kernel}, which was not told`);
    const s = this.submission;
    s.tenant = tenant;
    // Each process counts from 0.
    s.stream = row.stream * this.tenants.length + tenant;
    s.launch = row.launch * this.tenants.length + tenant;
    s.request = row.request;
    s.work = { kernel, ordinal: 0 };
    s.blockBegin = row.blockBegin;
    s.blockEnd = row.blockEnd;
    s.atom = row.atom;
    s.last = row.last === 1;
    s.tpcs = this.setOf(tenant, row);
    s.priority = row.priority;
    s.predictedNs = row.predictedNs;
    s.submittedNs = row.submittedNs + offsetNs;
    s.startNs = row.startNs + offsetNs;
    s.endNs = row.endNs + offsetNs;
    this.sink.submissionCompleted(s);
  }

  request(tenant: number, offsetNs: Ns, row: RowOf<'requests'>): void {
    const { firstTokenNs, outputTokens } = row;
    const request = {
      request: row.request,
      arrivalNs: row.arrivalNs + offsetNs,
      startNs: row.startNs + offsetNs,
      endNs: row.endNs + offsetNs,
      inputTokens: row.inputTokens,
      row: row.row,
      ...(!Number.isNaN(firstTokenNs) && { firstTokenNs: firstTokenNs + offsetNs }),
      ...(!Number.isNaN(outputTokens) && { outputTokens }),
    };
    this.sink?.requestFinished(tenant, request, row.met === 1);
  }

  unfinished(tenant: number, offsetNs: Ns, row: RowOf<'unfinished'>): void {
    const { firstTokenNs } = row;
    const request = {
      arrivalNs: row.arrivalNs + offsetNs,
      ...(!Number.isNaN(firstTokenNs) && { firstTokenNs: firstTokenNs + offsetNs }),
    };
    this.sink?.requestUnfinished?.(tenant, request, row.late === 1);
  }

  /** The TPCs of an atom, those of a tenant's own part numbered from where that begins. */
  private setOf(tenant: number, { tpcs0, tpcs1, tpcs2 }: RowOf<'atoms'>): TpcSet {
    const first = this.tenants[tenant]?.firstTpc ?? 0;
    const key = `${first} ${tpcs0} ${tpcs1} ${tpcs2}`;
    const known = this.sets.get(key);
    if (known !== undefined) return known;
    const seen = TpcSet.ofWords(tpcs0, tpcs1, tpcs2);
    const set = first === 0 ? seen : TpcSet.of([...seen].map((tpc) => tpc + first));
    this.sets.set(key, set);
    return set;
  }

  private sample(timeNs: Ns): void {
    const read = this.latest.flatMap((one) => one ?? []);
    if (this.sink === undefined || read.length < this.latest.length) return;
    // Power and clock are the board's: every process reads the same, and one read it last.
    const last = read.reduce((a, b) => (b.timeNs > a.timeNs ? b : a));
    this.sink.counters({
      timeNs,
      powerW: told(last.powerW),
      smClockMhz: told(last.smClockMhz),
      tpcsBusy: this.busyTpcs,
      tpcsHeld: read.map((one) => one.tpcsHeld),
      launchesQueued: read.map((one) => one.launchesQueued),
      atomsInFlight: read.map((one) => one.atomsInFlight),
    });
  }
}

/** A reading, or nothing where the device does not tell. */
const told = (reading: number): number | undefined => (Number.isNaN(reading) ? undefined : reading);
