/** `p` per cent by nearest rank of the absolute values; 0 of none. */
export function absPercentile(values: readonly number[], percent: number): number {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  // Percentiles in whole per cent keep ceil(p n) free of rounding.
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
}

/** The median and the 90th percentile of the cases' absolute errors, as `lithos/validate@1` has them. */
export function errorSummary(cases: readonly { readonly error_pct: number }[]): {
  readonly median_abs_error_pct: number;
  readonly p90_abs_error_pct: number;
} {
  const errors = cases.map((c) => c.error_pct);
  return {
    median_abs_error_pct: absPercentile(errors, 50),
    p90_abs_error_pct: absPercentile(errors, 90),
  };
}

/** Sums absolute errors and what was measured: errors weighted by the measured time. */
export class WeightedError {
  measured = 0;
  predicted = 0;
  private error = 0;

  add(measured: number, predicted: number): void {
    this.measured += measured;
    this.predicted += predicted;
    this.error += Math.abs(predicted - measured);
  }

  merge(other: WeightedError): void {
    this.measured += other.measured;
    this.predicted += other.predicted;
    this.error += other.error;
  }

  /** Sum of absolute errors over the sum of what was measured, %. */
  get percent(): number {
    return this.measured === 0 ? 0 : (100 * this.error) / this.measured;
  }
}
