import { LithosError } from '@lithos/core';
import type { ValidationCase } from '@lithos/traces';
import type { CompareResult, RunResult, TenantResult } from '../results.ts';
import { errorSummary } from './statistics.ts';
import type { Validation } from './types.ts';

/** The output of `lithos validate twin --json`: the simulator against a comparison on a real GPU. */
export interface TwinValidation extends Validation {
  readonly what: 'twin';
  /** Errors by policy, in the order of the comparison. */
  readonly policies: readonly {
    readonly policy: string;
    readonly median_abs_error_pct: number;
    readonly p90_abs_error_pct: number;
  }[];
  /** Runs and tenants that were measured and could not be compared, with the reason. */
  readonly left_out: readonly string[];
}

/** A comparison on a real GPU with the same one in the simulator. */
export interface Twin {
  readonly measured: CompareResult;
  readonly predicted: CompareResult;
}

type TwinCase = ValidationCase & { readonly policy: string };

/** Share of its requests below which a service is overloaded: its latencies only grow with the run. */
const SERVED = 0.9;

/**
 * Errors of the simulator: P50 and P99 of services (tenants with an objective), and what loops, and
 * services that were overloaded or predicted to be, get done; for every policy and seed.
 */
export function validateTwin(twins: readonly Twin[]): TwinValidation {
  const leftOut: string[] = [];
  const cases = twins.flatMap(({ measured, predicted }) =>
    measured.runs.flatMap((run) => {
      const same = predicted.runs.find((r) => r.policy === run.policy && r.seed === run.seed);
      if (same !== undefined) return casesOf(measured.scenario, run, same, leftOut);
      leftOut.push(`${measured.scenario}/${run.policy}/${run.seed}: the run was not predicted`);
      return [];
    }),
  );
  if (cases.length === 0) {
    throw new LithosError(
      'E_MEASUREMENTS',
      `nothing of the measured can be compared: ${leftOut.join('; ') || 'there are no runs'}`,
      'give comparisons whose tenants are those of their scenario; --scenario names its file',
    );
  }
  const policies = [...new Set(cases.map((c) => c.policy))].map((policy) => ({
    policy,
    ...errorSummary(cases.filter((c) => c.policy === policy)),
  }));
  return {
    schema: 'lithos/validate@1',
    what: 'twin',
    cases: cases.map(({ policy: _, ...rest }) => rest),
    ...errorSummary(cases),
    policies,
    left_out: leftOut,
  };
}

function casesOf(
  scenario: string,
  measured: RunResult,
  predicted: RunResult,
  leftOut: string[],
): TwinCase[] {
  const { policy, seed } = measured;
  return measured.tenants.flatMap((tenant) => {
    const id = `${scenario}/${policy}/${seed}/${tenant.name}`;
    const twin = predicted.tenants.find((t) => t.name === tenant.name);
    if (twin === undefined) {
      leftOut.push(`${id}: the scenario has no such tenant`);
      return [];
    }
    if (tenant.refused !== undefined || twin.refused !== undefined) {
      leftOut.push(`${id}: the policy has no room for it`);
      return [];
    }
    const one = (quantity: string, of: (t: TenantResult) => number): TwinCase[] => {
      const [had, has] = [of(tenant), of(twin)];
      if (had > 0 && Number.isFinite(has)) {
        const error = 100 * (has / had - 1);
        return [{ id, policy, quantity, measured: had, predicted: has, error_pct: error }];
      }
      leftOut.push(`${id}: ${quantity} was measured as ${had}, and predicted as ${has}`);
      return [];
    };
    const overloaded = [tenant, twin].some((t) => t.completed < SERVED * t.requests);
    return tenant.slo_attainment_pct === undefined || overloaded
      ? one('throughput_per_s', (t) => t.throughput_per_s)
      : [
          ...one('latency_p50_ms', (t) => t.latency_ms.p50),
          ...one('latency_p99_ms', (t) => t.latency_ms.p99),
        ];
  });
}
