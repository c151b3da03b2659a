import { LithosError } from '@lithos/core';
import {
  constantsWithout,
  findDevice,
  interpolateDuration,
  type LatencyKernel,
  profiledLatencyKernel,
  TwoSampleLaw,
} from '@lithos/sim';
import { errorSummary, WeightedError } from './statistics.ts';
import type { KernelCase, KernelValidation, LatencyQuantity, MeasuredLaunches } from './types.ts';

type Constants = ReturnType<typeof constantsWithout>;

/** Constants fitted to all families: no family is left out. */
const ALL_FAMILIES = constantsWithout('');

interface Errors {
  readonly twoSamples: WeightedError;
  readonly interpolation: WeightedError;
}

const none = (): Errors => ({
  twoSamples: new WeightedError(),
  interpolation: new WeightedError(),
});

/**
 * Compares measured device times at inner TPC counts with what the latency model says of them, each
 * workload with constants that its model family had no part in.
 * @param onProgress told after each workload
 */
export function validateKernels(
  workloads: readonly MeasuredLaunches[],
  onProgress?: (done: number, total: number) => void,
): KernelValidation {
  const device = findDevice('h200');
  const whole = none();
  const fittedOnAll = none();
  const cases: KernelCase[] = [];
  const rows = workloads.map((workload, done) => {
    const kernels = workload.kernels.map((kernel) => profiledLatencyKernel(kernel, device));
    const leftOut = predict(workload, kernels, constantsWithout(workload.model));
    for (const errors of predict(workload, kernels, ALL_FAMILIES)) merge(fittedOnAll, errors);
    const own = none();
    leftOut.forEach((errors, i) => {
      const id = `${workload.id}@${workload.tpcCounts[i + 1]}`;
      cases.push(kernelCase(id, 'interpolation', errors.interpolation));
      cases.push(kernelCase(id, 'two_samples', errors.twoSamples));
      merge(own, errors);
    });
    merge(whole, own);
    onProgress?.(done + 1, workloads.length);
    return { id: workload.id, ...figures(own) };
  });
  const worst = rows.reduce(
    (a, b) => (b.weighted_abs_error_pct > a.weighted_abs_error_pct ? b : a),
    rows[0] ?? nothing(),
  );
  return {
    schema: 'lithos/validate@1',
    what: 'kernels',
    device: 'h200',
    cases,
    ...errorSummary(cases),
    fit: 'family-left-out',
    ...figures(whole),
    worst_workload: { id: worst.id, weighted_abs_error_pct: worst.weighted_abs_error_pct },
    workloads: rows,
    fitted_on_all: figures(fittedOnAll),
  };
}

/** The errors of a workload at each inner TPC count. */
function predict(
  workload: MeasuredLaunches,
  kernels: readonly LatencyKernel[],
  constants: Constants,
): readonly Errors[] {
  const { tpcCounts, durationNs, sequence } = workload;
  const last = tpcCounts.length - 1;
  const inner = tpcCounts.slice(1, last);
  const others = inner.map((_, i) => tpcCounts.filter((__, j) => j !== i + 1));
  const errors = inner.map(none);
  sequence.forEach((k, position) => {
    const kernel = kernels[k] as LatencyKernel;
    const times = durationNs.map((row) => row[position] as number);
    const law = new TwoSampleLaw(
      kernel,
      {
        fewTpcs: tpcCounts[0] as number,
        fewNs: times[0] as number,
        allTpcs: tpcCounts[last] as number,
        allNs: times[last] as number,
      },
      constants,
    );
    inner.forEach((n, i) => {
      const measured = times[i + 1] as number;
      const rest = times.filter((_, j) => j !== i + 1);
      const counts = others[i] as readonly number[];
      errors[i]?.twoSamples.add(measured, law.at(n));
      errors[i]?.interpolation.add(
        measured,
        interpolateDuration(kernel, counts, rest, n, constants),
      );
    });
  });
  return errors;
}

function merge(into: Errors, errors: Errors): void {
  into.twoSamples.merge(errors.twoSamples);
  into.interpolation.merge(errors.interpolation);
}

function figures(errors: Errors) {
  return {
    weighted_abs_error_pct: errors.twoSamples.percent,
    interpolation_weighted_abs_error_pct: errors.interpolation.percent,
  };
}

function kernelCase(id: string, quantity: LatencyQuantity, error: WeightedError): KernelCase {
  const { measured, predicted, percent } = error;
  return { id, quantity, measured, predicted, error_pct: percent };
}

function nothing(): never {
  throw new LithosError('E_NOTHING_TO_CHECK', 'there is no workload to check');
}
