import { proxy, releaseProxy, transfer, wrap } from 'comlink';
import type { DataWorker, Opened, Refusal } from '../worker/data-worker.ts';
import type { AtomDetail } from './detail.ts';
import type { RunData } from './run-data.ts';
import type { RunSource } from './sources.ts';

/** A run that is open, and its worker. */
export interface OpenRun {
  readonly data: RunData;
  readonly source: RunSource;
  /** Rejected with `ClosedRun` if the run is closed before it is read, as `kinds` is. */
  detail(row: number): Promise<AtomDetail | undefined>;
  /** What its atoms are, by row: see `KINDS`. Read when it is asked for first. */
  kinds(): Promise<Uint8Array | undefined>;
  close(): void;
}

/** What was asked of a run that is closed: nobody waits for it any more. */
export class ClosedRun extends Error {}

/** A run that could not be opened; `refusal` says why. */
export class RefusedRun extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Opens a run in a worker of its own, so that the page goes on meanwhile. */
export async function openInWorker(
  source: RunSource,
  onProgress: (share: number, what: string) => void,
): Promise<OpenRun> {
  const worker = new Worker(new URL('../worker/data-worker.ts', import.meta.url), {
    type: 'module',
  });
  const remote = wrap<DataWorker>(worker);
  // A call to a worker that died never settles: its death must.
  let die = (_: Error): void => {};
  const death = new Promise<never>((_, reject) => {
    die = reject;
    worker.addEventListener('error', (event) =>
      reject(
        new RefusedRun({
          code: 'E_VIEW_WORKER',
          message: `${source.name}: reading stopped (${event.message || 'the worker ended'})`,
          fix: 'the run may be too large for this browser: record a shorter one',
        }),
      ),
    );
  });
  death.catch(() => {});
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    die(new ClosedRun(`${source.name} is closed`));
    remote[releaseProxy]();
    worker.terminate();
  };
  const ask = <T>(call: () => Promise<T>): Promise<T> =>
    isClosed ? death : Promise.race([call(), death]);
  try {
    const sent =
      source.kind === 'memory'
        ? transfer(
            source,
            [...source.files.values()].map((b) => b.buffer as ArrayBuffer),
          )
        : source;
    const opened = await ask<Opened>(() => remote.open(sent, proxy(onProgress)));
    if (opened.kind === 'refused') throw new RefusedRun(opened.refusal);
    let kinds: Promise<Uint8Array | undefined> | undefined;
    return {
      data: opened.data,
      source,
      kinds: () => {
        if (kinds === undefined) {
          kinds = ask(() => remote.kinds());
          // What failed once may be tried again.
          kinds.catch(() => {
            kinds = undefined;
          });
        }
        return kinds;
      },
      detail: (row) => ask(() => remote.detail(row)),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
