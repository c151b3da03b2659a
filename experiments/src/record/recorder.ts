import { LithosError, type Submission } from '@lithos/core';
import type { ServedRequest } from '../drivers/driver.ts';
import type { UnfinishedRequest } from '../metrics/objectives.ts';
import type { CounterSample, RunSink } from '../runner/run-sink.ts';
import { AtomTable } from './atoms.ts';
import { CounterTable } from './counters.ts';
import {
  type Manifest,
  type ManifestProcess,
  RECORD_FILES,
  type RecordLevel,
  type RunDescription,
  type RunExit,
  type RunSummary,
  type RunWall,
} from './manifest.ts';
import type { TableWriter } from './parquet/table-writer.ts';
import { RequestTable } from './requests.ts';
import type { FileSink, SinkFile } from './sink.ts';
import { UnfinishedTable } from './unfinished.ts';

export interface RunRecorderOptions {
  readonly sink: FileSink;
  readonly level: RecordLevel;
  /** Names, in the order of their numbers. */
  readonly tenants: readonly string[];
  readonly run: RunDescription;
  /** Wall-clock time at the start, ISO 8601. */
  readonly started: string;
}

/** How a run ended, as the runner saw it. */
export interface RunEnd {
  readonly exit: Exclude<RunExit, 'running' | 'disk-full'>;
  readonly reason?: string;
  /** Launches of the run. */
  readonly launches: number;
  /** How long the run took. */
  readonly wallSeconds: number;
  readonly summary?: RunSummary;
  readonly processes?: readonly ManifestProcess[];
}

/**
 * Writes a run record while the run goes on. The manifest comes first and says `running`, and is
 * replaced at the end: whatever happens in between, the record says that it is not complete.
 */
export class RunRecorder implements RunSink {
  private readonly options: RunRecorderOptions;
  private readonly atoms: AtomTable | undefined;
  private readonly requests: RequestTable | undefined;
  private readonly unfinished: UnfinishedTable | undefined;
  private readonly samples: CounterTable | undefined;
  /** The first write that failed; nothing is written after it. */
  private failure: unknown;

  constructor(options: RunRecorderOptions) {
    const { sink, level, tenants } = options;
    this.options = options;
    for (const name of Object.values(RECORD_FILES)) sink.remove(name);
    this.writeManifest({ exit: 'running' });
    if (level === 'summary' || level === 'none') return;
    this.requests = new RequestTable(this.open(RECORD_FILES.requests), tenants);
    this.unfinished = new UnfinishedTable(this.open(RECORD_FILES.unfinished), tenants);
    this.samples = new CounterTable(this.open(RECORD_FILES.counters), tenants);
    if (level === 'all') this.atoms = new AtomTable(this.open(RECORD_FILES.atoms), tenants);
  }

  submissionCompleted(submission: Submission): void {
    this.atoms?.add(submission);
  }

  requestFinished(tenant: number, request: ServedRequest, met: boolean): void {
    this.requests?.add(tenant, request, met);
  }

  requestUnfinished(tenant: number, request: UnfinishedRequest, late: boolean): void {
    this.unfinished?.add(tenant, request, late);
  }

  counters(sample: CounterSample): void {
    this.samples?.add(sample);
  }

  /**
   * Completes the files and the manifest. After a write that failed, files stay as they are and the
   * manifest says `disk-full` or `failed`, if at least that can still be written.
   */
  finish(end: RunEnd): void {
    if (this.failure === undefined) {
      try {
        this.finishFiles(end);
        return;
      } catch (error) {
        this.failure ??= error;
      }
    }
    for (const table of this.tables()) table.abort();
    const full = this.failure instanceof LithosError && this.failure.code === 'E_RECORD_DISK';
    const reason = this.failure instanceof Error ? this.failure.message : String(this.failure);
    try {
      this.writeManifest({
        exit: full ? 'disk-full' : 'failed',
        reason,
        wall: { started: this.options.started, seconds: end.wallSeconds },
      });
    } catch {
      // Then it goes on saying `running`, which is as good as incomplete.
    }
    throw this.failure;
  }

  private finishFiles(end: RunEnd): void {
    const { sink, started } = this.options;
    for (const table of this.tables()) table.finish();
    if (end.summary !== undefined) {
      sink.replace(RECORD_FILES.summary, json({ schema: 'lithos/summary@1', ...end.summary }));
    }
    this.writeManifest({
      exit: end.exit,
      ...(end.reason !== undefined && { reason: end.reason }),
      counts: {
        launches: end.launches,
        atoms: this.atoms?.table.totalRows ?? 0,
        requests: this.requests?.table.totalRows ?? 0,
        counter_samples: this.samples?.table.totalRows ?? 0,
      },
      ...(end.processes && { processes: end.processes }),
      wall: { started, seconds: end.wallSeconds },
    });
  }

  private tables(): readonly TableWriter[] {
    return [this.atoms, this.requests, this.unfinished, this.samples].flatMap(
      (table) => table?.table ?? [],
    );
  }

  /** Opens a file whose failure to write is remembered. */
  private open(path: string): SinkFile {
    const file = this.options.sink.open(path);
    let isOpen = true;
    return {
      write: (bytes) => {
        if (this.failure !== undefined) return;
        try {
          file.write(bytes);
        } catch (error) {
          this.failure = error;
          throw error;
        }
      },
      // A table that could not be finished may have closed its file, or not.
      close: () => {
        if (isOpen) file.close();
        isOpen = false;
      },
    };
  }

  private writeManifest(
    state: Pick<Manifest, 'exit' | 'reason' | 'counts' | 'processes'> & { readonly wall?: RunWall },
  ): void {
    const { sink, run, level, tenants, started } = this.options;
    const { exit, reason, counts, processes, wall = { started } } = state;
    const manifest: Manifest = {
      schema: 'lithos/run@1',
      exit,
      ...(reason !== undefined && { reason }),
      ...run,
      record: level,
      tenants,
      ...(counts !== undefined && { counts }),
      ...(processes !== undefined && { processes }),
      wall,
    };
    sink.replace(RECORD_FILES.manifest, json(manifest));
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
