import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LithosError } from '@lithos/core';
import type { RunHooks } from '../runner/run.ts';
import { type Job, type JobResult, perform } from './jobs.ts';

/** What a worker thread says. */
export type WorkerReport =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'result'; readonly result: JobResult }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly fix: string | undefined;
      readonly exitCode: 1 | 2;
    }
  | { readonly kind: 'crashed'; readonly message: string };

/** Does one job. */
export type Performer = (job: Job, hooks: RunHooks) => Promise<JobResult>;

export interface PoolOptions {
  /** Jobs at a time; 1 does them in this thread. */
  readonly jobs: number;
  readonly signal?: AbortSignal;
  /** Does a job in this thread, one at a time, in place of the simulator. */
  readonly perform?: Performer;
  /** @param job index of the job */
  onProgress?(job: number, share: number): void;
}

/**
 * Does jobs, several at a time, and gives their results in the jobs' order. After an abort no further
 * job begins, and those that did not have no result.
 */
export async function performAll(
  jobs: readonly Job[],
  options: PoolOptions,
): Promise<readonly (JobResult | undefined)[]> {
  const results = new Array<JobResult | undefined>(jobs.length).fill(undefined);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !options.signal?.aborted) {
      const index = next++;
      results[index] = await performOne(jobs[index] as Job, index, options);
      options.onProgress?.(index, 1);
    }
  };
  const wanted = options.perform === undefined ? options.jobs : 1;
  const lanes = Math.max(1, Math.min(wanted, jobs.length));
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function performOne(job: Job, index: number, options: PoolOptions): Promise<JobResult> {
  const { signal, onProgress } = options;
  if (options.jobs > 1 && options.perform === undefined) return inWorker(job, index, options);
  return (options.perform ?? perform)(job, {
    clock: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    ...(signal && { signal }),
    onProgress: (share) => onProgress?.(index, share),
  });
}

/** The built worker, also when this file itself runs from its source under a test. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../dist/node/worker.js', import.meta.url));
}

function inWorker(job: Job, index: number, options: PoolOptions): Promise<JobResult> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: job });
    const abort = (): void => worker.postMessage('abort');
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    worker.on('message', (report: WorkerReport) => {
      switch (report.kind) {
        case 'progress':
          onProgress?.(index, report.share);
          break;
        case 'result':
          resolve(report.result);
          break;
        case 'refused':
          reject(new LithosError(report.code, report.message, report.fix, report.exitCode));
          break;
        case 'crashed':
          reject(new Error(report.message));
          break;
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      // After a report this changes nothing; without one the worker died.
      reject(new Error(`a worker thread ended with code ${code} and no result`));
    });
  });
}
