import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import type { Outcome, RunHooks, RunResult } from '@lithos/experiments';
import type { Job } from '@lithos/experiments/node';
import type { MpsDaemon } from '@lithos/hw-a100';
import type { HwSettings } from './backend.ts';
import type { FromTenant, TenantOrder, ToTenant } from './messages.ts';

/** How long all processes get from the word to the first launch, ns. */
const HEAD_START_NS = 300_000_000n;
/** How much longer than its duration a run may take, ms. */
const GRACE_MS = 60_000;
/** How long a tenant's process may take to end when the run is over, ms; then it is killed. */
const END_MS = 10_000;
/** How long a killed process is waited for, ms: the driver may hold it longer. */
const KILLED_MS = 5000;

/** A run with one process per tenant. */
export interface ProcessRun {
  readonly job: Job & { readonly kind: 'run' };
  readonly settings: HwSettings;
  readonly mps: MpsDaemon;
  /** Share of the SMs that each tenant may use, per cent; without it, all of them. */
  readonly percentages?: readonly number[];
}

interface Done {
  readonly outcome: Outcome;
  readonly interrupted: boolean;
}

/** Plays each tenant in a process of its own, all of them at the same time, and joins their figures. */
export async function runProcesses(run: ProcessRun, hooks: RunHooks): Promise<RunResult> {
  const { scenario, policy, seed } = run.job;
  const began = hooks.clock();
  const tenants = scenario.tenants.map((_, tenant) => new TenantProcess(run, tenant));
  try {
    await Promise.all(tenants.map((t) => t.ready));
    const at = process.hrtime.bigint() + HEAD_START_NS;
    for (const tenant of tenants) tenant.tell({ kind: 'go', at });
    const stop = (): void => {
      for (const tenant of tenants) tenant.tell({ kind: 'stop' });
    };
    hooks.signal?.addEventListener('abort', stop);
    if (hooks.signal?.aborted) stop();
    const report = setInterval(() => hooks.onProgress?.(tenants[0]?.share ?? 0), 200);
    const done = await Promise.all(tenants.map((t) => t.done)).finally(() => {
      clearInterval(report);
      hooks.signal?.removeEventListener('abort', stop);
    });
    await Promise.all(tenants.map((t) => t.ended));
    const wall = (hooks.clock() - began) / 1000;
    return joined(policy, seed, done, wall);
  } finally {
    // Whoever ends the MPS daemon next must find no clients, also where one tenant failed.
    await Promise.all(tenants.map((t) => t.release()));
  }
}

function joined(policy: string, seed: number, done: readonly Done[], wall: number): RunResult {
  const outcomes = done.map((d) => d.outcome);
  const sum = (of: (o: Outcome) => number): number => outcomes.reduce((s, o) => s + of(o), 0);
  const most = (of: (o: Outcome) => number): number => Math.max(...outcomes.map(of));
  /** A figure of the board, if a process could tell. */
  const known = (key: 'energy_j' | 'mean_power_w' | 'mean_sm_clock_mhz') => {
    const told = outcomes.flatMap((o) => o.device[key] ?? []);
    return told.length > 0 && { [key]: Math.max(...told) };
  };
  const attained = outcomes.filter((o) => o.aggregate.hp_slo_attainment_pct !== undefined);
  const requests = (o: Outcome): number => o.tenants[0]?.requests ?? 0;
  const counted = attained.reduce((s, o) => s + requests(o), 0);
  const met = attained.reduce(
    (s, o) => s + requests(o) * (o.aggregate.hp_slo_attainment_pct ?? 0),
    0,
  );
  const launches = sum((o) => o.launches);
  return {
    policy,
    seed,
    simulated_s: most((o) => o.simulated_s),
    wall_s: wall,
    launches,
    launches_per_wall_s: launches / wall,
    run_dir: undefined,
    exit: done.some((d) => d.interrupted) ? 'interrupted' : 'complete',
    tenants: outcomes.flatMap((o) => o.tenants),
    device: {
      // Each process sees the board's energy, and only its own work.
      tpc_utilization_pct: most((o) => o.device.tpc_utilization_pct),
      ...known('energy_j'),
      ...known('mean_power_w'),
      ...known('mean_sm_clock_mhz'),
    },
    aggregate: {
      throughput_x: sum((o) => o.aggregate.throughput_x),
      goodput_x: sum((o) => o.aggregate.goodput_x),
      ...(counted > 0 && { hp_slo_attainment_pct: met / counted }),
    },
  };
}

/** One tenant's process, and what it has said. */
class TenantProcess {
  readonly ready: Promise<void>;
  readonly done: Promise<Done>;
  readonly ended: Promise<void>;
  share = 0;
  private readonly child: ChildProcess;
  private readonly limit: NodeJS.Timeout;

  constructor({ job, settings, mps, percentages }: ProcessRun, tenant: number) {
    const { scenario, seed, solo, lenient } = job;
    const percentage = percentages?.[tenant];
    this.child = fork(processFile(), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...mps.environment,
        ...(percentage !== undefined && { CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: `${percentage}` }),
      },
    });
    const { child } = this;
    const name = scenario.tenants[tenant]?.name ?? '';
    const answer = <T>(pick: (message: FromTenant) => T | undefined): Promise<T> =>
      new Promise((resolve, reject) => {
        child.on('message', (message: FromTenant) => {
          if (message.kind === 'failed') {
            const what = `tenant '${name}': ${message.message}`;
            reject(new LithosError(message.code, what, message.fix, 1));
          }
          const picked = pick(message);
          if (picked !== undefined) resolve(picked);
        });
        const lost = (what: string): void =>
          reject(new LithosError('E_TENANT_PROCESS', `tenant '${name}': ${what}`, undefined, 1));
        child.on('error', (error) => lost(`its process failed: ${error.message}`));
        child.on('exit', (code, signal) =>
          lost(`its process ended with ${signal ?? `code ${code}`}`),
        );
      });
    this.ready = answer((m) => (m.kind === 'ready' ? true : undefined)).then(() => {});
    this.done = answer((m) => (m.kind === 'outcome' ? m : undefined));
    this.ended = new Promise((resolve) => {
      child.on('exit', () => resolve());
      // One that was never there does not exit.
      child.on('error', () => {
        if (child.pid === undefined) resolve();
      });
    });
    // Whoever waits for one of them learns of the failure; the other must not go unhandled.
    this.ready.catch(() => {});
    this.done.catch(() => {});
    child.on('message', (message: FromTenant) => {
      if (message.kind === 'progress') this.share = message.share;
    });
    this.limit = setTimeout(() => child.kill('SIGKILL'), scenario.durationNs / 1e6 + GRACE_MS);
    const order: TenantOrder = {
      kind: 'order',
      scenario: { ...scenario, tenants: scenario.tenants.slice(tenant, tenant + 1) },
      seed,
      solo: solo[tenant] ?? 0,
      lenient,
      settings: {
        ordinal: settings.ordinal,
        granularity: 'none',
        limited: percentage !== undefined,
      },
    };
    this.tell(order);
  }

  tell(message: ToTenant): void {
    if (this.child.connected) this.child.send(message);
  }

  /** Lets go of it: without a connection it stops by itself, its kernels done, or it is killed. */
  async release(): Promise<void> {
    clearTimeout(this.limit);
    if (this.child.connected) this.child.disconnect();
    if (await within(this.ended, END_MS)) return;
    this.child.kill('SIGKILL');
    await within(this.ended, KILLED_MS);
    // Should the driver hold it even so, this process does not wait for it.
    this.child.unref();
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
