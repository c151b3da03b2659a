import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import type { FromTenant, TenantOrder, ToTenant } from './messages.ts';

/** How long a tenant's process may stay silent, ms; then it counts as one that hangs, and is killed. */
export interface TenantLimits {
  /** Until it is ready: the driver, under MPS its server, and the compiler of PTX start with it. */
  readonly startMs: number;
  /** While it runs: more than its own device takes to notice that it hangs. */
  readonly silenceMs: number;
  /** While it ends: likewise. */
  readonly endMs: number;
}

const LIMITS: TenantLimits = { startMs: 120_000, silenceMs: 30_000, endMs: 30_000 };
/** How long it may take to end when it has been let go of, ms; then it is killed. */
const END_MS = 10_000;
/** How long a killed process is waited for, ms: the driver may hold it longer. */
const KILLED_MS = 5000;

const FIX =
  'look for kernels that do not end; `nvidia-smi` lists what is left, and if the GPU stays stuck, reset it';

/** How a tenant's process ended. */
export type Done = Extract<FromTenant, { readonly kind: 'outcome' }>;

/**
 * One tenant's process, and what it has said. It fails, as the first of these, where it says so, where it
 * ends before its time or with a code, and where it hangs; each failure names the tenant.
 */
export class TenantChild {
  readonly ready: Promise<void>;
  readonly done: Promise<Done>;
  /** It has ended in good order. */
  readonly ended: Promise<void>;
  share = 0;
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly limits: TenantLimits;
  private readonly gone: Promise<void>;
  private readonly failure: Promise<never>;
  private fail: (error: unknown) => void = () => {};
  private timer: NodeJS.Timeout | undefined;
  /** What it is busy with; `undefined` while nothing is expected of it. */
  private phase: 'starts' | 'runs' | 'ends' | undefined;

  /**
   * @param env its environment, beyond that of this process
   * @param hear is told what else it says; what it throws is how the tenant fails
   */
  constructor(
    order: TenantOrder,
    env: Readonly<Record<string, string>>,
    hear: (message: FromTenant) => void = () => {},
    limits: TenantLimits = LIMITS,
  ) {
    this.name = order.scenario.tenants[0]?.name ?? '';
    this.limits = limits;
    this.child = fork(processFile(), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    });
    const { child } = this;
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.ready = this.orFailure((resolve) => {
      child.on('message', (message: FromTenant) => message.kind === 'ready' && resolve());
    });
    this.done = this.orFailure((resolve) => {
      child.on('message', (message: FromTenant) => message.kind === 'outcome' && resolve(message));
    });
    this.gone = new Promise((resolve) => {
      // What it has said last may come after the news of its end.
      child.on('exit', () => (child.connected ? child.once('disconnect', resolve) : resolve()));
      // One that was never there does not exit.
      child.on('error', () => child.pid === undefined && resolve());
    });
    this.ended = this.orFailure((resolve) => {
      void this.gone.then(() => {
        if (this.phase === 'ends' && child.exitCode === 0) resolve();
        else this.lost(`its process ended with ${child.signalCode ?? `code ${child.exitCode}`}`);
        this.expect(undefined);
      });
    });
    child.on('error', (error) => this.lost(`its process failed: ${error.message}`));
    child.on('message', (message: FromTenant) => this.heard(message, hear));
    this.expect('starts');
    this.tell(order);
  }

  tell(message: ToTenant): void {
    if (message.kind === 'go') this.expect('runs');
    if (this.child.connected) this.child.send(message);
  }

  /** Lets go of it: without a connection it stops by itself, its kernels done, or it is killed. */
  async release(): Promise<void> {
    this.expect(undefined);
    if (this.child.connected) this.child.disconnect();
    if (await within(this.gone, END_MS)) return;
    this.child.kill('SIGKILL');
    await within(this.gone, KILLED_MS);
    // Should the driver hold it even so, this process does not wait for it.
    this.child.unref();
  }

  /** A promise that whoever waits for it sees fail with the process; nobody has to wait for it. */
  private orFailure<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
    const promise = Promise.race([new Promise<T>(start), this.failure]);
    promise.catch(() => {});
    return promise;
  }

  private heard(message: FromTenant, hear: (message: FromTenant) => void): void {
    switch (message.kind) {
      case 'ready':
        this.expect(undefined);
        break;
      case 'outcome':
        this.expect('ends');
        break;
      case 'failed': {
        const what = `tenant '${this.name}': ${message.message}`;
        this.fail(new LithosError(message.code, what, message.fix, 1));
        break;
      }
      case 'progress':
        this.share = message.share;
        if (this.phase === 'runs') this.expect('runs');
        break;
    }
    try {
      hear(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /** From now on it is busy with this, and has the time for it. */
  private expect(phase: TenantChild['phase']): void {
    this.phase = phase;
    clearTimeout(this.timer);
    if (phase === undefined) return;
    const { startMs, silenceMs, endMs } = this.limits;
    const ms = { starts: startMs, runs: silenceMs, ends: endMs }[phase];
    this.timer = setTimeout(() => {
      const what = `tenant '${this.name}': its process ${phase}, and nothing was heard from it for ${ms / 1000} s`;
      this.fail(new LithosError('E_DEVICE_HANG', what, FIX, 1));
      this.child.kill('SIGKILL');
    }, ms);
  }

  private lost(what: string): void {
    const fix = 'what it said is above; `lithos hw doctor` tells whether the GPU is sound';
    this.fail(new LithosError('E_TENANT_PROCESS', `tenant '${this.name}': ${what}`, fix, 1));
  }
}

/** Whether something happens in this time, ms. */
async function within(happens: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([happens.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** The built process, also when this file itself runs from its source under a test. */
function processFile(): string {
  const beside = fileURLToPath(new URL('./tenant-process.js', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../dist/hw/tenant-process.js', import.meta.url));
}
