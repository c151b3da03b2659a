import { FITTED } from './fitted.ts';
import type { TensorPerWork } from './tensor-work.ts';

export interface PowerConstants {
  /** W per unit of each of `POWER_TERMS`. */
  readonly wattsPerTerm: readonly number[];
  readonly tensorPerWork: TensorPerWork;
}

/**
 * Constants of the H200's power model: fitted on all profiles that ship, or without a model family
 * (`KernelProfile.model`), as a workload of it is judged. A family that was not among them is left
 * out by all.
 */
export function powerConstants(without?: string): PowerConstants {
  const own = without !== undefined && Object.hasOwn(FITTED, without) ? FITTED[without] : undefined;
  const found = own ?? FITTED.all;
  if (found === undefined) throw new Error('the fitted power constants have no entry `all`');
  return found;
}
