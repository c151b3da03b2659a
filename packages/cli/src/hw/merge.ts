import type { Ns } from '@lithos/core';
import type { MergedRun } from './merged-run.ts';
import { COLUMNS, type Observations, readRow } from './observations.ts';

/** A row that waits until all that ended before it is known. */
interface Waiting {
  readonly timeNs: Ns;
  readonly table: (typeof ORDER)[number];
  readonly source: Source;
  readonly values: Float64Array;
  readonly at: number;
}

/** What is known of one process. */
interface Source {
  readonly tenant: number;
  /** When its own time began, by the clock that the processes share. */
  zero: bigint | undefined;
  /** The same in the run's time. */
  offsetNs: Ns;
  /** All of it that ended until then, in the run's time, is known. */
  untilNs: Ns;
  /** What it told and is not in the run's time yet. */
  early: Observations[];
}

/** Rows of one moment are taken in this order: counters show what has happened. */
const ORDER = ['changes', 'atoms', 'requests', 'counters'] as const;

/**
 * Puts what the tenants' processes have seen on one time line, which begins with the first of them, and
 * tells it in the order in which it happened. A row waits until every process has told all that ended
 * before, so memory holds what the others have seen since the slowest last spoke, not the run.
 */
export class ObservationMerge {
  private readonly sources: readonly Source[];
  private readonly run: MergedRun;
  private waiting: Waiting[] = [];
  private unfinished: Omit<Waiting, 'timeNs' | 'table'>[] = [];
  private finished = false;

  constructor(tenants: number, run: MergedRun) {
    this.run = run;
    this.sources = Array.from({ length: tenants }, (_, tenant) => ({
      tenant,
      zero: undefined,
      offsetNs: 0,
      untilNs: 0,
      early: [],
    }));
  }

  /** A process has begun: its own time was 0 at `zero` by the clock that all share. */
  began(tenant: number, zero: bigint): void {
    this.source(tenant).zero = zero;
    if (this.allBegan()) this.align();
  }

  /** A process tells what it has seen. */
  add(tenant: number, seen: Observations): void {
    if (this.finished) return;
    const source = this.source(tenant);
    source.early.push(seen);
    if (!this.allBegan()) return;
    this.take(source);
    this.drain(Math.min(...this.sources.map((s) => s.untilNs)));
  }

  /** Rows that wait for a process that is behind. */
  get behind(): number {
    return this.waiting.length;
  }

  /** When a process began, in the run's time. */
  offsetNs(tenant: number): Ns {
    return this.source(tenant).offsetNs;
  }

  /** Tells what still waits: all processes have ended, or nobody listens to them any more. */
  finish(): void {
    this.finished = true;
    this.align();
    this.drain(Number.POSITIVE_INFINITY);
    for (const { source, values, at } of this.unfinished.splice(0)) {
      this.run.unfinished(source.tenant, source.offsetNs, readRow('unfinished', values, at));
    }
  }

  private source(tenant: number): Source {
    const source = this.sources[tenant];
    if (source === undefined) throw new Error(`there is no tenant ${tenant}`);
    return source;
  }

  private allBegan(): boolean {
    return this.sources.every((s) => s.zero !== undefined);
  }

  /** Begins the run's time with the first process. */
  private align(): void {
    const begun = this.sources.flatMap((s) => s.zero ?? []);
    const [first = 0n] = begun.sort((a, b) => (a < b ? -1 : 1));
    for (const source of this.sources) {
      source.offsetNs = Number((source.zero ?? first) - first);
      this.take(source);
    }
  }

  /** Takes what a process has told into the run's time. */
  private take(source: Source): void {
    const { tenant, offsetNs } = source;
    for (const seen of source.early.splice(0)) {
      for (const kernel of seen.kernels) this.run.kernel(tenant, kernel);
      for (const table of ORDER) {
        const values = seen[table];
        for (let at = 0; at < values.length; at += COLUMNS[table].length) {
          const timeNs = (values[at] as number) + offsetNs;
          this.waiting.push({ timeNs, table, source, values, at });
        }
      }
      const { unfinished: values } = seen;
      for (let at = 0; at < values.length; at += COLUMNS.unfinished.length) {
        this.unfinished.push({ source, values, at });
      }
      source.untilNs = seen.untilNs + offsetNs;
    }
  }

  /** Tells all that ended until then. */
  private drain(untilNs: Ns): void {
    const due: Waiting[] = [];
    const later: Waiting[] = [];
    for (const row of this.waiting) (row.timeNs <= untilNs ? due : later).push(row);
    this.waiting = later;
    due.sort((a, b) => a.timeNs - b.timeNs || ORDER.indexOf(a.table) - ORDER.indexOf(b.table));
    for (const row of due) {
      this.run.sampleUntil(row.timeNs);
      this.tell(row);
    }
  }

  private tell({ timeNs, table, source, values, at }: Waiting): void {
    const { tenant, offsetNs } = source;
    switch (table) {
      case 'changes':
        this.run.change(tenant, timeNs, readRow(table, values, at));
        break;
      case 'atoms':
        this.run.atom(tenant, offsetNs, readRow(table, values, at));
        break;
      case 'requests':
        this.run.request(tenant, offsetNs, readRow(table, values, at));
        break;
      case 'counters':
        this.run.counters(tenant, readRow(table, values, at));
        break;
    }
  }
}
