/** What a comparison gives: the JSON of `lithos compare --json`, field by field. */

export interface CompareResult {
  readonly schema: 'lithos/compare@1';
  readonly scenario: string;
  readonly device: string;
  readonly backend: 'sim' | 'hw';
  readonly runs: readonly RunResult[];
}

export interface RunResult {
  readonly policy: string;
  readonly seed: number;
  readonly simulated_s: number;
  /** Wall-clock time of the run; like `launches_per_wall_s` it differs from run to run. */
  readonly wall_s: number;
  readonly launches: number;
  readonly launches_per_wall_s: number;
  readonly run_dir: string | undefined;
  /** `complete`, or why the run ended early. */
  readonly exit: 'complete' | 'interrupted' | 'failed';
  readonly tenants: readonly TenantResult[];
  readonly device: DeviceResult;
  readonly aggregate: AggregateResult;
  /** What went wrong with tenants; absent if nothing did. At most 100 are kept. */
  readonly incidents?: readonly IncidentResult[];
}

/** Something out of the ordinary: a tenant left, an atom of it did not end in time, or ended after all. */
export interface IncidentResult {
  readonly at_ms: number;
  readonly tenant: string;
  readonly kind: 'left' | 'overdue' | 'recovered';
  readonly detail: string;
}

/** One tenant's figures, over requests that arrived after the warm-up. */
export interface TenantResult {
  readonly name: string;
  readonly class: 'hp' | 'be';
  /** Set if the policy had no room for the tenant; then nothing else but zeroes. */
  readonly refused?: string;
  /** Requests that arrived in the measured window. */
  readonly requests: number;
  /** Of those, completed before the run ended. */
  readonly completed: number;
  /** Of those, still waiting or running at the end: requests - completed. */
  readonly unfinished: number;
  readonly latency_ms: Distribution;
  /** LLM tenants only: time to first token, time per output token. */
  readonly ttft_ms?: Distribution;
  readonly tpot_ms?: Distribution;
  /** Share of requests within every stated objective; unfinished ones past it count as misses. */
  readonly slo_attainment_pct?: number;
  readonly throughput_per_s: number;
  /** Completed within the objectives, per second; equals throughput without objectives. */
  readonly goodput_per_s: number;
  /** Relative to the tenant alone on the device, at its greatest rate. */
  readonly normalized_throughput: number;
  readonly normalized_goodput: number;
  /** For a tenant fed by a recorded trace: every row that was read, over the whole run. */
  readonly trace?: TraceAccount;
}

/** rows_read = sampled_out + not_reached + arrived, and arrived = completed + unfinished. */
export interface TraceAccount {
  readonly rows_read: number;
  /** Left out by the scenario's `sample`. */
  readonly sampled_out: number;
  /** Read, but due only after the end of the run. */
  readonly not_reached: number;
  readonly arrived: number;
  readonly completed: number;
  readonly unfinished: number;
}

export interface Distribution {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface DeviceResult {
  readonly tpc_utilization_pct: number;
  /** These are absent where a real GPU does not tell. */
  readonly energy_j?: number;
  readonly mean_power_w?: number;
  readonly mean_sm_clock_mhz?: number;
}

export interface AggregateResult {
  /** Sum of the tenants' normalised throughputs. */
  readonly throughput_x: number;
  readonly goodput_x: number;
  /** Over all requests of high-priority tenants that state an objective. */
  readonly hp_slo_attainment_pct?: number;
}
