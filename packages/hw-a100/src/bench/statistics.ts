/** The value below which `share` of the values are; 0 if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Median and tail of latencies, ms. */
export interface Latency {
  readonly count: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

export const latencyOf = (ns: readonly number[]): Latency => ({
  count: ns.length,
  p50_ms: quantile(ns, 0.5) / 1e6,
  p99_ms: quantile(ns, 0.99) / 1e6,
});
