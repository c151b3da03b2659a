import { type KernelProfile, LithosError } from '@lithos/core';
import { meanBoardPower, powerConstants } from '@lithos/sim';
import { errorSummary } from './statistics.ts';
import type { PowerValidation } from './types.ts';

/**
 * Compares the mean board power measured while a workload was replayed back to back on the whole
 * device with the power model's, each workload with constants fitted without its model family.
 */
export function validatePower(profiles: readonly KernelProfile[]): PowerValidation {
  if (profiles.length === 0) {
    throw new LithosError('E_NOTHING_TO_CHECK', 'there is no profile to check');
  }
  const cases = profiles.map((profile) => {
    const measured = profile.meanPowerW;
    const predicted = meanBoardPower(profile, powerConstants(profile.model));
    const error_pct = (100 * (predicted - measured)) / measured;
    return { id: profile.id, quantity: 'mean_power_w', measured, predicted, error_pct };
  });
  const errors = cases.map((c) => Math.abs(c.error_pct));
  return {
    schema: 'lithos/validate@1',
    what: 'power',
    device: 'h200',
    cases,
    ...errorSummary(cases),
    fit: 'family-left-out',
    mean_abs_error_pct: mean(errors),
    max_abs_error_pct: Math.max(...errors),
    fitted_on_all: {
      mean_abs_error_pct: mean(
        profiles.map((p) => 100 * Math.abs(meanBoardPower(p) / p.meanPowerW - 1)),
      ),
    },
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;
