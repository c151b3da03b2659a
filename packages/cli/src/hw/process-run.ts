import type { Outcome, RunHooks, RunResult } from '@lithos/experiments';
import type { Job } from '@lithos/experiments/node';
import type { MpsDaemon } from '@lithos/hw-a100';
import type { HwSettings } from './backend.ts';
import { type Done, TenantChild } from './tenant-child.ts';

/** How long all processes get from the word to the first launch, ns. */
const HEAD_START_NS = 300_000_000n;

/** A run with one process per tenant. */
export interface ProcessRun {
  readonly job: Job & { readonly kind: 'run' };
  readonly settings: HwSettings;
  readonly mps: MpsDaemon;
  /** Share of the SMs that each tenant may use, per cent; without it, all of them. */
  readonly percentages?: readonly number[];
}

/** Plays each tenant in a process of its own, all of them at the same time, and joins their figures. */
export async function runProcesses(run: ProcessRun, hooks: RunHooks): Promise<RunResult> {
  const { scenario, policy, seed } = run.job;
  const began = hooks.clock();
  const tenants = scenario.tenants.map((_, tenant) => startTenant(run, tenant));
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

function startTenant({ job, settings, mps, percentages }: ProcessRun, tenant: number): TenantChild {
  const { scenario, seed, solo, lenient } = job;
  const percentage = percentages?.[tenant];
  const { ordinal } = settings;
  return new TenantChild(
    {
      kind: 'order',
      scenario: { ...scenario, tenants: scenario.tenants.slice(tenant, tenant + 1) },
      seed,
      solo: solo[tenant] ?? 0,
      lenient,
      settings: { ordinal, granularity: 'none', limited: percentage !== undefined },
    },
    {
      ...mps.environment,
      ...(percentage !== undefined && { CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: `${percentage}` }),
    },
  );
}
