import { LithosError } from '@lithos/core';
import { loadgenServerRun } from './loadgen.ts';
import { type LoadgenFacts, parseLoadgenFacts, type TableRow } from './loadgen-facts.ts';

/** One compared number; all in the quantity's own unit but the error, which is in percent. */
export interface ValidationCase {
  readonly id: string;
  readonly quantity: string;
  readonly measured: number;
  readonly predicted: number;
  readonly error_pct: number;
}

/** The output of `lithos validate loadgen --json`. */
export interface LoadgenValidation {
  readonly schema: 'lithos/validate@1';
  readonly what: 'loadgen';
  readonly cases: readonly ValidationCase[];
  /** Runs that were compared: two cases each. */
  readonly checked: number;
  /** Runs of these whose number of queries and duration agree to the last ns. */
  readonly exact: number;
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  /**
   * Runs whose `min_query_count` the table does not state and that have more queries than
   * LoadGen's default gives: the recorded count was taken for it, so only their duration tests.
   */
  readonly assumed_min_query_count: readonly string[];
  readonly median_abs_error_pct: number;
  readonly p90_abs_error_pct: number;
}

export interface LoadgenValidationOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Runs with more queries than this are skipped. */
  readonly maxQueries?: number;
  /** Told after each row. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** LoadGen's default. */
const DEFAULT_MIN_QUERIES = 100;

/** Compares recorded LoadGen Server runs with what `loadgenServerRun` says of them. */
export function validateLoadgen(
  rows: readonly TableRow[],
  options: LoadgenValidationOptions,
): LoadgenValidation {
  const maxQueries = options.maxQueries ?? 3_000_000;
  const cases: ValidationCase[] = [];
  const skipped: { id: string; reason: string }[] = [];
  const assumed: string[] = [];
  let checked = 0;
  let exact = 0;
  rows.forEach((row, index) => {
    const facts = parseLoadgenFacts(row, options.file);
    const prediction = 'skip' in facts ? facts.skip : predict(facts, maxQueries);
    if (typeof prediction === 'string') skipped.push({ id: facts.id, reason: prediction });
    else if (!('skip' in facts)) {
      const count = compare(
        facts.id,
        'generated_query_count',
        facts.queryCount,
        prediction.queryCount,
      );
      const duration = compare(
        facts.id,
        'generated_query_duration_ns',
        facts.durationNs,
        prediction.durationNs,
      );
      cases.push(count, duration);
      checked += 1;
      if (count.error_pct === 0 && duration.error_pct === 0) exact += 1;
      if (prediction.assumed) assumed.push(facts.id);
    }
    options.onProgress?.(index + 1, rows.length);
  });
  if (checked === 0) {
    throw new LithosError(
      'E_NOTHING_TO_CHECK',
      `${options.file}: no LoadGen Server run to check among ${rows.length} rows`,
    );
  }
  const errors = cases.map((c) => Math.abs(c.error_pct)).sort((a, b) => a - b);
  const percentile = (p: number): number => errors[Math.ceil(p * errors.length) - 1] ?? 0;
  return {
    schema: 'lithos/validate@1',
    what: 'loadgen',
    cases,
    checked,
    exact,
    skipped,
    assumed_min_query_count: assumed,
    median_abs_error_pct: percentile(0.5),
    p90_abs_error_pct: percentile(0.9),
  };
}

interface Prediction {
  readonly queryCount: number;
  readonly durationNs: number;
  readonly assumed: boolean;
}

/** The run that a row's settings give, or why it is not tried. */
function predict(facts: LoadgenFacts, maxQueries: number): Prediction | string {
  const pass = facts.wholePassesOf ?? 0;
  if (Math.max(facts.queryCount, facts.minQueries ?? 0, pass) > maxQueries) {
    return `more than ${maxQueries} queries`;
  }
  const expected = (facts.targetQps * facts.minDurationNs) / 1e9;
  if (expected > 1.5 * maxQueries + 2 * pass + 1000) {
    return `target_qps x min_duration_ms is more than ${maxQueries} queries`;
  }
  const stated = facts.minQueries;
  const run = loadgenServerRun({ ...facts, minQueries: stated ?? DEFAULT_MIN_QUERIES });
  if (stated !== undefined || run.queryCount >= facts.queryCount) return { ...run, assumed: false };
  return { ...loadgenServerRun({ ...facts, minQueries: facts.queryCount }), assumed: true };
}

function compare(
  id: string,
  quantity: string,
  measured: number,
  predicted: number,
): ValidationCase {
  const error_pct = measured === predicted ? 0 : ((predicted - measured) / measured) * 100;
  return { id, quantity, measured, predicted, error_pct };
}
