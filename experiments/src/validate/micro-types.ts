import type { ValidationCase } from '@lithos/traces';
import type { Element } from './micro-file.ts';
import type { Validation } from './types.ts';

export type MicroMode =
  | 'rate'
  | 'disjoint'
  | 'same_sm'
  | 'launch'
  | 'dispatch'
  | 'priority'
  | 'slice';

export interface MicroCase extends ValidationCase {
  readonly mode: MicroMode;
  /** The constant that this very line gave: the case says nothing of the model and is not counted. */
  readonly fitted?: string;
}

/** The output of `lithos validate micro --json`. */
export interface MicroValidation extends Validation {
  readonly what: 'micro';
  readonly device: string;
  /** Cases that were predicted; the headline is over these. */
  readonly cases: readonly MicroCase[];
  /** Cases that the model took a constant from. */
  readonly fitted_cases: readonly MicroCase[];
  readonly modes: readonly {
    readonly mode: MicroMode;
    readonly cases: number;
    readonly median_abs_error_pct: number;
    readonly p90_abs_error_pct: number;
    /** What the predictions start from. */
    readonly from: string;
  }[];
  /** Lines of which the model says nothing. */
  readonly silent_lines: number;
}

export function microCase(
  mode: MicroMode,
  id: string,
  quantity: string,
  measured: number,
  predicted: number,
  fitted?: string,
): MicroCase {
  return {
    id: `${mode}/${id}`,
    mode,
    quantity,
    measured,
    predicted,
    error_pct: 100 * (predicted / measured - 1),
    ...(fitted !== undefined && { fitted }),
  };
}

/** The unit of an elementary kernel's rate. */
export const unitOf = (element: Element): string =>
  element === 'fma' || element === 'mma' ? 'flop_per_ns' : 'bytes_per_ns';
