import { parentPort, workerData } from 'node:worker_threads';
import { LithosError } from '@lithos/core';
import { type Job, perform } from './jobs.ts';
import type { WorkerReport } from './pool.ts';

/** Entry of a worker thread: does the one job it was given, reports, and ends. */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const report = (message: WorkerReport): void => port.postMessage(message);
const abort = new AbortController();
port.on('message', () => abort.abort());
try {
  const result = await perform(workerData as Job, {
    clock: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    signal: abort.signal,
    onProgress: (share) => report({ kind: 'progress', share }),
  });
  report({ kind: 'result', result });
} catch (error) {
  report(
    error instanceof LithosError
      ? {
          kind: 'refused',
          code: error.code,
          message: error.message,
          fix: error.fix,
          exitCode: error.exitCode,
        }
      : {
          kind: 'crashed',
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
  );
}
port.close();
