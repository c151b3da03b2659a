import type { Ns } from '@lithos/core';
import type { DeviceResult, Outcome, RunResult } from '@lithos/experiments';

/** How one tenant's process ended. */
export interface TenantOutcome {
  readonly outcome: Outcome;
  readonly interrupted: boolean;
  /** When it began, in the run's time. */
  readonly offsetNs: Ns;
}

/** A run of several processes, but for their figures. */
export interface JoinedRun {
  readonly policy: string;
  readonly seed: number;
  readonly wallS: number;
  /** TPCs of the device, and TPC-nanoseconds with work of at least one process. */
  readonly tpcs: number;
  readonly busyTpcNs: number;
  /** Until when those are counted, in the run's time. */
  readonly countedNs: Ns;
}

/** The result of a run from those of its tenants' processes. */
export function joined(run: JoinedRun, done: readonly TenantOutcome[]): RunResult {
  const outcomes = done.map((d) => d.outcome);
  const sum = (of: (o: Outcome) => number): number => outcomes.reduce((s, o) => s + of(o), 0);
  const launches = sum((o) => o.launches);
  const seconds = Math.max(...done.map((d) => d.offsetNs / 1e9 + d.outcome.simulated_s));
  const incidents = done.flatMap(({ outcome, offsetNs }) =>
    (outcome.incidents ?? []).map((one) => ({ ...one, at_ms: one.at_ms + offsetNs / 1e6 })),
  );
  return {
    policy: run.policy,
    seed: run.seed,
    simulated_s: seconds,
    wall_s: run.wallS,
    launches,
    launches_per_wall_s: launches / run.wallS,
    run_dir: undefined,
    exit: done.some((d) => d.interrupted) ? 'interrupted' : 'complete',
    tenants: outcomes.flatMap((o) => o.tenants),
    device: deviceOf(run, outcomes, seconds),
    aggregate: {
      throughput_x: sum((o) => o.aggregate.throughput_x),
      goodput_x: sum((o) => o.aggregate.goodput_x),
      ...attainment(outcomes),
    },
    ...(incidents.length > 0 && { incidents: incidents.sort((a, b) => a.at_ms - b.at_ms) }),
  };
}

function deviceOf(
  { tpcs, busyTpcNs, countedNs }: JoinedRun,
  outcomes: readonly Outcome[],
  seconds: number,
): DeviceResult {
  // Each process reads the energy and the clock of the whole board, if it can.
  const known = (key: 'energy_j' | 'mean_power_w' | 'mean_sm_clock_mhz') => {
    const told = outcomes.flatMap((o) => o.device[key] ?? []);
    return told.length > 0 && { [key]: Math.max(...told) };
  };
  return {
    tpc_utilization_pct: (100 * busyTpcNs) / (Math.max(1, seconds * 1e9, countedNs) * tpcs),
    ...known('energy_j'),
    ...known('mean_power_w'),
    ...known('mean_sm_clock_mhz'),
  };
}

function attainment(outcomes: readonly Outcome[]): { hp_slo_attainment_pct?: number } {
  const attained = outcomes.filter((o) => o.aggregate.hp_slo_attainment_pct !== undefined);
  const requests = (o: Outcome): number => o.tenants[0]?.requests ?? 0;
  const counted = attained.reduce((s, o) => s + requests(o), 0);
  const met = attained.reduce(
    (s, o) => s + requests(o) * (o.aggregate.hp_slo_attainment_pct ?? 0),
    0,
  );
  return counted > 0 ? { hp_slo_attainment_pct: met / counted } : {};
}
