import { expose } from 'comlink';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DataWorker } from '../worker/data-worker.ts';
import { ClosedRun, type OpenRun, openInWorker } from './open-in-worker.ts';
import type { RunData } from './run-data.ts';

/** What the worker of a run answers; what it does not, it never settles. */
let answers: Partial<DataWorker> = {};
let terminated = 0;
const never = (): Promise<never> => new Promise(() => {});

/** A worker within this thread. */
class WorkerHere {
  private readonly far: MessagePort;
  private readonly near: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    [this.far, this.near] = [port1, port2];
    const open = () => Promise.resolve({ kind: 'run', data: { name: 'a' } as RunData });
    expose({ open, kinds: never, detail: never, ...answers }, this.far);
    this.near.start();
  }

  postMessage(message: unknown, moved: Transferable[] = []): void {
    this.near.postMessage(message, moved);
  }

  addEventListener(kind: string, listener: EventListener): void {
    this.near.addEventListener(kind, listener);
  }

  removeEventListener(kind: string, listener: EventListener): void {
    this.near.removeEventListener(kind, listener);
  }

  terminate(): void {
    terminated += 1;
    this.near.close();
    this.far.close();
  }
}

beforeEach(() => {
  answers = {};
  terminated = 0;
  vi.stubGlobal('Worker', WorkerHere);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const open = (): Promise<OpenRun> =>
  openInWorker({ kind: 'memory', name: 'a', files: new Map() }, () => {});

it('lets go of what is asked of a run when the run is closed, and of what is asked after', async () => {
  const run = await open();
  const asked = [run.kinds(), run.detail(3)];
  run.close();
  run.close();
  for (const answer of [...asked, run.kinds(), run.detail(3)]) {
    await expect(answer).rejects.toBeInstanceOf(ClosedRun);
  }
  expect(terminated).toBe(1);
});

it('reads again what could not be read, and keeps what was', async () => {
  let reads = 0;
  answers = {
    kinds: async () => {
      reads += 1;
      if (reads === 1) throw new Error('the server is away');
      return Uint8Array.of(reads);
    },
  };
  const run = await open();
  await expect(run.kinds()).rejects.toThrow('the server is away');
  expect(await run.kinds()).toEqual(Uint8Array.of(2));
  expect(await run.kinds()).toEqual(Uint8Array.of(2));
  run.close();
});
