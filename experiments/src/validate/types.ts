import type { KernelProfile } from '@lithos/core';
import type { ValidationCase } from '@lithos/traces';

/** What every `lithos validate … --json` has in common; errors are in per cent of the measured. */
export interface Validation {
  readonly schema: 'lithos/validate@1';
  readonly what: string;
  readonly cases: readonly ValidationCase[];
  readonly median_abs_error_pct: number;
  readonly p90_abs_error_pct: number;
}

/** Launches measured at several TPC counts, the last being the whole device; a profile is one. */
export type MeasuredLaunches = Pick<
  KernelProfile,
  'id' | 'model' | 'kernels' | 'sequence' | 'tpcCounts' | 'durationNs'
>;

/** Two ways to predict: from all other measured TPC counts, or from the fewest TPCs and all TPCs. */
export type LatencyQuantity = 'interpolation' | 'two_samples';

/**
 * One workload at one inner TPC count, `<workload>@<n>`. `measured` and `predicted` are the device
 * times of all positions, summed, ns. `error_pct` is not the error of the sums, in which errors of
 * positions cancel: it is the sum of the positions' absolute errors over `measured`.
 */
export interface KernelCase extends ValidationCase {
  readonly quantity: LatencyQuantity;
}

/** A workload over all its inner TPC counts. */
export interface WorkloadError {
  readonly id: string;
  /** Two samples. */
  readonly weighted_abs_error_pct: number;
  readonly interpolation_weighted_abs_error_pct: number;
}

/** The output of `lithos validate kernels --json`. */
export interface KernelValidation extends Validation {
  readonly what: 'kernels';
  readonly device: 'h200';
  readonly cases: readonly KernelCase[];
  /**
   * Every error outside `fitted_on_all`: constants fitted without the model family of the workload
   * that is predicted.
   */
  readonly fit: 'family-left-out';
  /** Two samples, over all positions, inner TPC counts and workloads, weighted by measured time. */
  readonly weighted_abs_error_pct: number;
  readonly interpolation_weighted_abs_error_pct: number;
  /** The workload that two samples predict worst. */
  readonly worst_workload: { readonly id: string; readonly weighted_abs_error_pct: number };
  readonly workloads: readonly WorkloadError[];
  /** The same two figures with the constants that the simulator uses, fitted to all workloads. */
  readonly fitted_on_all: Omit<WorkloadError, 'id'>;
}

/** The output of `lithos validate power --json`; cases are mean board power in W. */
export interface PowerValidation extends Validation {
  readonly what: 'power';
  readonly device: 'h200';
  /** Every error outside `fitted_on_all`: constants fitted without the workload's model family. */
  readonly fit: 'family-left-out';
  readonly mean_abs_error_pct: number;
  readonly max_abs_error_pct: number;
  readonly fitted_on_all: { readonly mean_abs_error_pct: number };
}
