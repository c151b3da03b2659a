import { LithosError } from '@lithos/core';
import type { LoadgenServerParams } from './loadgen.ts';

/** A row of a table with a header, as texts by column name. */
export interface TableRow {
  /** 1-based line of the file. */
  readonly line: number;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** A recorded LoadGen Server run: its settings, and the queries that LoadGen made of them. */
export interface LoadgenFacts extends Omit<LoadgenServerParams, 'minQueries'> {
  readonly id: string;
  /** `undefined` where the table does not state it. */
  readonly minQueries?: number;
  readonly queryCount: number;
  readonly durationNs: number;
}

/** `min_duration` that mlperf.conf sets for every Server run, ms: where the table has none. */
const CONF_MIN_DURATION_MS = '600000';

interface CellKind {
  readonly accepts: (text: string) => boolean;
  readonly expected: string;
}

const COUNT: CellKind = {
  accepts: (text) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)),
  expected: 'a whole number from 0 to 2^53',
};
const POSITIVE_COUNT: CellKind = {
  accepts: (text) => COUNT.accepts(text) && Number(text) > 0,
  expected: 'a whole number from 1 to 2^53',
};
const DURATION_MS: CellKind = {
  accepts: (text) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text) * 1e6),
  expected: 'whole milliseconds, at most 104 days',
};
const SEED: CellKind = {
  accepts: (text) => /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n,
  expected: 'an unsigned 64-bit integer',
};
const RATE: CellKind = {
  accepts: (text) => /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && isPositive(Number(text)),
  expected: 'a number above 0',
};
const FLAG: CellKind = {
  accepts: (text) => /^(true|false|1|0)$/i.test(text),
  expected: 'True or False',
};

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);

/**
 * Reads one row of a table of LoadGen runs (columns as in the MLPerf logs' keys; times in ns or ms as
 * the column says). A run of another scenario, or one that lacks what its arrivals depend on, comes
 * back with the reason to skip it. A malformed cell is a `LithosError` `E_TRACE_ROW`.
 */
export function parseLoadgenFacts(
  row: TableRow,
  file: string,
): LoadgenFacts | { readonly id: string; readonly skip: string } {
  const cell = (column: string): string => (row.fields[column] ?? '').trim();
  const read = (column: string, kind: CellKind): string => {
    const text = cell(column);
    if (text !== '' && !kind.accepts(text)) {
      const found = `${column} is '${text}', expected ${kind.expected}`;
      throw new LithosError('E_TRACE_ROW', `${file}:${row.line}: ${found}`);
    }
    return text;
  };
  const place = ['division', 'submitter', 'system', 'model', 'scenario_dir'].map(cell);
  const id = place.filter((part) => part !== '').join('/') || `line ${row.line}`;
  const scenario = cell('loadgen_scenario');
  // Interactive is Server with tighter limits; LoadGen itself calls both Server.
  if (!/^(server|interactive)$/i.test(scenario)) {
    return { id, skip: scenario === '' ? 'no loadgen_scenario' : `scenario ${scenario}` };
  }
  const whole = /^(true|1)$/i.test(read('sample_concatenate_permutation', FLAG));
  const needed = {
    schedule_rng_seed: read('schedule_rng_seed', SEED),
    target_qps: read('target_qps', RATE),
    generated_query_count: read('generated_query_count', POSITIVE_COUNT),
    generated_query_duration_ns: read('generated_query_duration_ns', POSITIVE_COUNT),
    ...(whole
      ? { performance_sample_count: read('performance_sample_count', POSITIVE_COUNT) }
      : {}),
  };
  const missing = Object.entries(needed).find(([, text]) => text === '');
  if (missing !== undefined) return { id, skip: `no ${missing[0]}` };
  const minDurationMs = read('min_duration_ms', DURATION_MS) || CONF_MIN_DURATION_MS;
  const minQueries = read('min_query_count', COUNT);
  return {
    id,
    scheduleSeed: BigInt(needed.schedule_rng_seed),
    targetQps: Number(needed.target_qps),
    minDurationNs: Number(minDurationMs) * 1e6,
    ...(minQueries === '' ? {} : { minQueries: Number(minQueries) }),
    ...(whole ? { wholePassesOf: Number(needed.performance_sample_count) } : {}),
    queryCount: Number(needed.generated_query_count),
    durationNs: Number(needed.generated_query_duration_ns),
  };
}
