import { readFileSync } from 'node:fs';
import { LithosError } from '@lithos/core';
import { CsvError, parse } from 'csv-parse/sync';
import type { TableRow } from '../loadgen-facts.ts';

/** Columns without which nothing can be checked. */
const NEEDED = [
  'loadgen_scenario',
  'target_qps',
  'schedule_rng_seed',
  'generated_query_count',
  'generated_query_duration_ns',
];

/** Reads a CSV table of LoadGen runs with a header line, for `validateLoadgen`. */
export function readLoadgenTable(file: string): readonly TableRow[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LithosError(
      'E_FILE',
      `cannot read ${file}: ${(error as Error).message}`,
      'check the path and its permissions',
    );
  }
  const records = parseRecords(text, file);
  const header = records[0]?.record ?? [];
  const missing = NEEDED.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new LithosError(
      'E_TRACE_ROW',
      `${file}:1: no column ${missing.join(', ')} in the header, expected a table of LoadGen runs`,
    );
  }
  return records.slice(1).map(({ record, info }) => {
    if (record.length !== header.length) {
      throw new LithosError(
        'E_TRACE_ROW',
        `${file}:${info.lines}: ${record.length} cells, expected ${header.length} as in the header`,
      );
    }
    const fields = Object.fromEntries(header.map((column, i) => [column, record[i]]));
    return { line: info.lines, fields };
  });
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseRecords(text: string, file: string): readonly Parsed[] {
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true };
    return parse(text, options) as unknown as readonly Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? `:${error.lines}` : '';
    throw new LithosError('E_TRACE_ROW', `${file}${line}: ${error.message}`);
  }
}
