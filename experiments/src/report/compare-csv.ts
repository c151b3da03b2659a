import type { CompareResult, Distribution, RunResult, TenantResult } from '../results.ts';

type Value = string | number | undefined;

const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

/** A comparison as CSV (RFC 4180): one row per run and tenant, keys as in the JSON. */
export function compareCsv(result: CompareResult): string {
  const rows = result.runs.flatMap((run) =>
    run.tenants.map((tenant) => rowOf(result, run, tenant)),
  );
  const [first] = rows;
  if (first === undefined) return '';
  const lines = [first.map(([key]) => key), ...rows.map((row) => row.map(([, value]) => value))];
  return `${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

function rowOf(
  result: CompareResult,
  run: RunResult,
  tenant: TenantResult,
): readonly (readonly [key: string, value: Value])[] {
  return [
    ['scenario', result.scenario],
    ['device', result.device],
    ['backend', result.backend],
    ['policy', run.policy],
    ['seed', run.seed],
    ['exit', run.exit],
    ['simulated_s', run.simulated_s],
    ['tenant', tenant.name],
    ['class', tenant.class],
    ['refused', tenant.refused],
    ['requests', tenant.requests],
    ['completed', tenant.completed],
    ['unfinished', tenant.unfinished],
    ...distribution('latency_ms', tenant.latency_ms),
    ...distribution('ttft_ms', tenant.ttft_ms),
    ...distribution('tpot_ms', tenant.tpot_ms),
    ['slo_attainment_pct', tenant.slo_attainment_pct],
    ['throughput_per_s', tenant.throughput_per_s],
    ['goodput_per_s', tenant.goodput_per_s],
    ['normalized_throughput', tenant.normalized_throughput],
    ['normalized_goodput', tenant.normalized_goodput],
    ['run_tpc_utilization_pct', run.device.tpc_utilization_pct],
    ['run_energy_j', run.device.energy_j],
    ['run_mean_power_w', run.device.mean_power_w],
    ['run_mean_sm_clock_mhz', run.device.mean_sm_clock_mhz],
    ['run_throughput_x', run.aggregate.throughput_x],
    ['run_goodput_x', run.aggregate.goodput_x],
    ['run_hp_slo_attainment_pct', run.aggregate.hp_slo_attainment_pct],
  ];
}

function distribution(
  key: string,
  values: Distribution | undefined,
): readonly (readonly [key: string, value: Value])[] {
  return STATISTICS.map((statistic) => [`${key}_${statistic}`, values?.[statistic]] as const);
}

function field(value: Value): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
