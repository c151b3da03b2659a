import type {
  AggregateResult,
  DeviceResult,
  Distribution,
  RunResult,
  TenantResult,
  TraceAccount,
} from '../results.ts';

/** How a metric's value is written in tables. */
export type MetricFormat = 'text' | 'count' | 'tenths' | 'hundredths' | 'significant';

/** What a field of a result means: declared here, read by tables, documentation and viewer. */
export interface Metric {
  readonly title: string;
  /** As in the field's suffix; empty for counts, factors and words. */
  readonly unit: string;
  /** One line. */
  readonly meaning: string;
  /** Which direction is better; `undefined` if neither is. */
  readonly better?: 'higher' | 'lower';
  readonly format: MetricFormat;
  /** The field is a `Distribution`: the metric speaks of each of its statistics. */
  readonly distribution?: true;
}

type Metrics<Result, Nested extends keyof Result = never> = {
  readonly [Key in Exclude<keyof Result, Nested>]-?: Metric;
};

export const RUN_METRICS: Metrics<RunResult, 'tenants' | 'device' | 'aggregate' | 'incidents'> = {
  policy: {
    title: 'Policy',
    unit: '',
    meaning: 'The scheduling policy that shared the device.',
    format: 'text',
  },
  seed: {
    title: 'Seed',
    unit: '',
    meaning: 'Seed of every random choice; same scenario and seed, same run.',
    format: 'count',
  },
  simulated_s: {
    title: 'Simulated time',
    unit: 's',
    meaning: 'Length of the run on the device’s clock, warm-up included.',
    format: 'hundredths',
  },
  wall_s: {
    title: 'Wall time',
    unit: 's',
    meaning: 'How long the run took; differs from run to run.',
    better: 'lower',
    format: 'hundredths',
  },
  launches: {
    title: 'Launches',
    unit: '',
    meaning: 'Kernel launches of all tenants.',
    format: 'count',
  },
  launches_per_wall_s: {
    title: 'Launches per wall second',
    unit: '1/s',
    meaning: 'Kernel launches divided by wall time; differs from run to run.',
    better: 'higher',
    format: 'count',
  },
  run_dir: {
    title: 'Run folder',
    unit: '',
    meaning: 'Folder of the run record, if one was written.',
    format: 'text',
  },
  exit: {
    title: 'Exit',
    unit: '',
    meaning: '`complete`, or why the run ended early: `interrupted`, `failed`.',
    format: 'text',
  },
};

export const TENANT_METRICS: Metrics<TenantResult, 'trace'> = {
  name: { title: 'Tenant', unit: '', meaning: 'The tenant’s name.', format: 'text' },
  class: {
    title: 'Class',
    unit: '',
    meaning: '`hp` (high-priority: it has a quota) or `be` (best-effort: it takes what is left).',
    format: 'text',
  },
  refused: {
    title: 'Refused',
    unit: '',
    meaning: 'Why the policy had no room for the tenant; its other figures are then zero.',
    format: 'text',
  },
  requests: {
    title: 'Requests',
    unit: '',
    meaning:
      'Requests that arrived in the measured window: at or after the warm-up, before the end.',
    format: 'count',
  },
  completed: {
    title: 'Completed',
    unit: '',
    meaning: 'Of those requests, the ones completed before the run ended.',
    better: 'higher',
    format: 'count',
  },
  unfinished: {
    title: 'Unfinished',
    unit: '',
    meaning:
      'Of those requests, the ones still waiting or running at the end: requests - completed.',
    better: 'lower',
    format: 'count',
  },
  latency_ms: {
    title: 'Latency',
    unit: 'ms',
    meaning: 'From a request’s arrival to its completion, over the completed requests.',
    better: 'lower',
    format: 'significant',
    distribution: true,
  },
  ttft_ms: {
    title: 'TTFT',
    unit: 'ms',
    meaning: 'Time to first token: from arrival to the first output token. LLM tenants only.',
    better: 'lower',
    format: 'significant',
    distribution: true,
  },
  tpot_ms: {
    title: 'TPOT',
    unit: 'ms',
    meaning:
      'Time per output token: (completion - first token) / (tokens - 1), for requests of two or more tokens. LLM tenants only.',
    better: 'lower',
    format: 'significant',
    distribution: true,
  },
  slo_attainment_pct: {
    title: 'SLO attainment',
    unit: '%',
    meaning:
      'Share of requests within every stated objective. An unfinished request counts as a miss if it is already late, and is left out if it could still have been in time. Absent without objectives or requests.',
    better: 'higher',
    format: 'tenths',
  },
  throughput_per_s: {
    title: 'Throughput',
    unit: '1/s',
    meaning:
      'Requests completed in the measured window, per second, whenever they arrived: a request that straddles the warm-up’s end counts.',
    better: 'higher',
    format: 'significant',
  },
  goodput_per_s: {
    title: 'Goodput',
    unit: '1/s',
    meaning:
      'Requests completed in the measured window and within every stated objective, per second; equals throughput without objectives.',
    better: 'higher',
    format: 'significant',
  },
  normalized_throughput: {
    title: 'Normalised throughput',
    unit: '',
    meaning: 'Throughput divided by that of the tenant alone on the device, at its greatest rate.',
    better: 'higher',
    format: 'hundredths',
  },
  normalized_goodput: {
    title: 'Normalised goodput',
    unit: '',
    meaning: 'Goodput divided by the throughput of the tenant alone on the device.',
    better: 'higher',
    format: 'hundredths',
  },
};

/** Only for a tenant fed by a recorded trace; over the whole run, warm-up included. */
export const TRACE_METRICS: Metrics<TraceAccount> = {
  rows_read: {
    title: 'Rows read',
    unit: '',
    meaning: 'Rows of the recorded trace that were read: sampled_out + not_reached + arrived.',
    format: 'count',
  },
  sampled_out: {
    title: 'Sampled out',
    unit: '',
    meaning: 'Rows that the scenario’s `sample` left out.',
    format: 'count',
  },
  not_reached: {
    title: 'Not reached',
    unit: '',
    meaning: 'Rows kept, but due only after the end of the run.',
    format: 'count',
  },
  arrived: {
    title: 'Arrived',
    unit: '',
    meaning: 'Requests that arrived: completed + unfinished.',
    format: 'count',
  },
  completed: {
    title: 'Completed',
    unit: '',
    meaning: 'Requests that completed.',
    format: 'count',
  },
  unfinished: {
    title: 'Unfinished',
    unit: '',
    meaning: 'Requests still waiting or running at the end.',
    format: 'count',
  },
};

export const DISTRIBUTION_METRICS: Metrics<Distribution> = {
  mean: { title: 'Mean', unit: '', meaning: 'Arithmetic mean.', format: 'significant' },
  p50: percentile(50),
  p90: percentile(90),
  p95: percentile(95),
  p99: percentile(99),
  max: { title: 'Max', unit: '', meaning: 'The greatest value.', format: 'significant' },
};

export const DEVICE_METRICS: Metrics<DeviceResult> = {
  tpc_utilization_pct: {
    title: 'TPC utilisation',
    unit: '%',
    meaning: 'Share of TPC time in which at least one thread block ran, over the run.',
    format: 'tenths',
  },
  energy_j: {
    title: 'Energy',
    unit: 'J',
    meaning: 'Energy of the board over the run. Absent where a real GPU does not tell.',
    better: 'lower',
    format: 'significant',
  },
  mean_power_w: {
    title: 'Mean power',
    unit: 'W',
    meaning: 'Mean power of the board over the run. Absent without its energy.',
    better: 'lower',
    format: 'tenths',
  },
  mean_sm_clock_mhz: {
    title: 'Mean SM clock',
    unit: 'MHz',
    meaning: 'SM clock, averaged over time. Absent where a real GPU does not tell.',
    format: 'count',
  },
};

export const AGGREGATE_METRICS: Metrics<AggregateResult> = {
  throughput_x: {
    title: 'Total throughput',
    unit: '',
    meaning: 'Sum of the tenants’ normalised throughputs: 1 is a device used by one tenant alone.',
    better: 'higher',
    format: 'hundredths',
  },
  goodput_x: {
    title: 'Total goodput',
    unit: '',
    meaning: 'Sum of the tenants’ normalised goodputs.',
    better: 'higher',
    format: 'hundredths',
  },
  hp_slo_attainment_pct: {
    title: 'SLO attainment, high-priority',
    unit: '%',
    meaning:
      'SLO attainment over the requests of all high-priority tenants with an objective, those of refused tenants apart. Absent if there are none.',
    better: 'higher',
    format: 'tenths',
  },
};

function percentile(p: number): Metric {
  return {
    title: `P${p}`,
    unit: '',
    meaning: `Percentile by nearest rank: value number ceil(${p / 100} n) of n in ascending order. Exact up to a million values, within 0.1 % beyond.`,
    format: 'significant',
  };
}
