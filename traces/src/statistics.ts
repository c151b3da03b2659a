import { SECOND } from '@lithos/core';
import type { TraceRows } from './trace-rows.ts';

/** Percentiles that are given of token counts. */
const PERCENTILES = [1, 10, 25, 50, 75, 90, 95, 99, 100] as const;

/** What a column of counts is like. */
export interface ColumnStatistics {
  readonly mean: number;
  /** Standard deviation over mean. */
  readonly cv: number;
  /** `[percentile, value]`, by nearest rank; 100 is the maximum. */
  readonly percentiles: readonly (readonly [percentile: number, value: number])[];
}

/** What an arrival trace is like. */
export interface TraceStatistics {
  readonly rows: number;
  /** From the first arrival to the last, s. */
  readonly span_s: number;
  readonly mean_rate_per_s: number;
  /** Standard deviation over mean of the gaps: 1 for a Poisson process, more when bursty. */
  readonly interarrival_cv: number;
  /**
   * Index of dispersion of counts: variance over mean of the number of arrivals in windows of so many
   * seconds; 1 for a Poisson process.
   */
  readonly dispersion: readonly { readonly window_s: number; readonly index: number }[];
  readonly input_tokens: ColumnStatistics;
  readonly output_tokens: ColumnStatistics;
}

/** Mean and population variance. */
function moments(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2;
  return { mean, variance: n === 0 ? 0 : squares / n };
}

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

function column(values: Uint32Array, length: number): ColumnStatistics {
  const sorted = values.slice(0, length).sort();
  const { mean, variance } = moments(sorted);
  const at = (p: number): number => sorted[Math.max(0, Math.ceil((p / 100) * length) - 1)] ?? 0;
  return {
    mean,
    cv: ratio(Math.sqrt(variance), mean),
    percentiles: PERCENTILES.map((p) => [p, at(p)] as const),
  };
}

function dispersion(rows: TraceRows, windowS: number): number {
  // Whole windows only: a cut one at the end would look like a lull.
  const span = rows.atNs[rows.length - 1] ?? 0;
  const windows = Math.floor(span / (windowS * SECOND));
  if (windows < 2) return 0;
  const counts = new Float64Array(windows);
  for (let i = 0; i < rows.length; i++) {
    const window = Math.floor((rows.atNs[i] as number) / (windowS * SECOND));
    if (window < windows) counts[window] = (counts[window] as number) + 1;
  }
  const { mean, variance } = moments(counts);
  return ratio(variance, mean);
}

/** Statistics of a trace, for `lithos traces info`. A figure that too few rows leave undefined is 0. */
export function traceStatistics(rows: TraceRows): TraceStatistics {
  const gaps = new Float64Array(Math.max(0, rows.length - 1));
  for (let i = 0; i < gaps.length; i++) {
    gaps[i] = (rows.atNs[i + 1] as number) - (rows.atNs[i] as number);
  }
  const gap = moments(gaps);
  const spanNs = (rows.atNs[rows.length - 1] ?? 0) - (rows.atNs[0] ?? 0);
  return {
    rows: rows.length,
    span_s: spanNs / SECOND,
    mean_rate_per_s: ratio(rows.length * SECOND, spanNs),
    interarrival_cv: ratio(Math.sqrt(gap.variance), gap.mean),
    dispersion: [1, 10, 60].map((window_s) => ({ window_s, index: dispersion(rows, window_s) })),
    input_tokens: column(rows.inputTokens, rows.length),
    output_tokens: column(rows.outputTokens, rows.length),
  };
}
