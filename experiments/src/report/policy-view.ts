import type { CompareResult, RunResult, TenantResult } from '../results.ts';
import type { Slo } from '../scenario-types.ts';

/** What a comparison shows of one policy: means over its seeds. */
export interface PolicyView {
  readonly policy: string;
  readonly seeds: number;
  /** Set if a run ended early. */
  readonly exit: Exclude<RunResult['exit'], 'complete'> | undefined;
  readonly tenants: readonly TenantView[];
  readonly throughputX: number;
  readonly hpSloPct: number | undefined;
}

export interface TenantView {
  readonly name: string;
  readonly class: 'hp' | 'be';
  readonly refused: string | undefined;
  readonly slo: Slo;
  readonly requests: number;
  readonly completed: number;
  /** Absent if no request completed. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly ttftP99Ms: number | undefined;
  readonly sloPct: number | undefined;
  readonly throughputPerS: number;
  readonly normalized: number;
}

/** Objectives by tenant: the scenario's tenants. */
export type StatedObjectives = readonly { readonly name: string; readonly slo: Slo }[];

/** The policies of a comparison, in the order in which they first appear. */
export function policyViews(
  result: CompareResult,
  objectives: StatedObjectives,
): readonly PolicyView[] {
  const names = [...new Set(result.runs.map(({ policy }) => policy))];
  return names.map((policy) =>
    viewOf(
      policy,
      result.runs.filter((run) => run.policy === policy),
      objectives,
    ),
  );
}

function viewOf(
  policy: string,
  runs: readonly RunResult[],
  objectives: StatedObjectives,
): PolicyView {
  const early = runs.find(({ exit }) => exit !== 'complete')?.exit;
  return {
    policy,
    seeds: runs.length,
    exit: early === 'complete' ? undefined : early,
    tenants: (runs[0]?.tenants ?? []).map(({ name }) =>
      tenantView(
        name,
        runs.flatMap(({ tenants }) => tenants.filter((tenant) => tenant.name === name)),
        objectives.find((tenant) => tenant.name === name)?.slo ?? {},
      ),
    ),
    throughputX: mean(runs.map(({ aggregate }) => aggregate.throughput_x)) ?? 0,
    hpSloPct: mean(runs.map(({ aggregate }) => aggregate.hp_slo_attainment_pct)),
  };
}

function tenantView(name: string, results: readonly TenantResult[], slo: Slo): TenantView {
  const of = (value: (tenant: TenantResult) => number | undefined): number | undefined =>
    mean(results.map(value));
  const ifCompleted = (value: (tenant: TenantResult) => number | undefined): number | undefined =>
    mean(results.filter(({ completed }) => completed > 0).map(value));
  return {
    name,
    class: results[0]?.class ?? 'hp',
    refused: results.find(({ refused }) => refused !== undefined)?.refused,
    slo,
    requests: of(({ requests }) => requests) ?? 0,
    completed: of(({ completed }) => completed) ?? 0,
    p50Ms: ifCompleted(({ latency_ms }) => latency_ms.p50),
    p99Ms: ifCompleted(({ latency_ms }) => latency_ms.p99),
    ttftP99Ms: ifCompleted(({ ttft_ms }) => ttft_ms?.p99),
    sloPct: of(({ slo_attainment_pct }) => slo_attainment_pct),
    throughputPerS: of(({ throughput_per_s }) => throughput_per_s) ?? 0,
    normalized: of(({ normalized_throughput }) => normalized_throughput) ?? 0,
  };
}

/** Mean of the values that there are; `undefined` if there are none. */
function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
}
