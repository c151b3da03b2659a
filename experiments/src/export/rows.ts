import type { Table } from '../record/table.ts';
import type { TableReader } from '../record/table-reader.ts';
import type { ExportTable } from './source.ts';
import {
  badRow,
  type ExportHooks,
  type ExportSource,
  type ExportWindow,
  withTable,
} from './source.ts';

/** Times that say when a row was: its own moment, or from when until when. */
const TIMES = {
  requests: ['arrival_ns', 'end_ns'],
  atoms: ['start_ns', 'end_ns'],
  counters: ['time_ns', 'time_ns'],
} as const satisfies Record<ExportTable, readonly [string, string]>;

/** Rows of a row group that are exported. */
export interface Rows {
  readonly values: Table;
  /** Their places in `values`. */
  readonly rows: readonly number[];
  /** The number in the file of the first row of `values`. */
  readonly first: number;
}

export interface RowHooks extends ExportHooks {
  /** Columns that are wanted; all if not given. */
  readonly columns?: readonly string[];
  /** Told before the first row. */
  readonly begin?: (reader: TableReader) => void;
  /** How many bytes were written. */
  readonly bytes: () => number;
}

/**
 * Reads what a window has of a table, row group by row group, so that memory does not grow with the
 * run. Of a row group that lies outside the window only the times are read.
 * @returns how many rows were given to `use`
 */
export function eachRowGroup(
  source: ExportSource,
  table: ExportTable,
  window: ExportWindow,
  hooks: RowHooks,
  use: (rows: Rows) => void,
): Promise<number> {
  return withTable(source, table, async (reader) => {
    hooks.begin?.(reader);
    let count = 0;
    for (let group = 0; group < reader.groups; group++) {
      hooks.signal?.throwIfAborted();
      const rows = await rowsWithin(source, table, reader, group, window);
      if (rows.length > 0) {
        const values = await reader.group(group, hooks.columns);
        use({ values, rows, first: reader.groupStarts[group] as number });
        count += rows.length;
      }
      const end = reader.groupStarts[group + 1] as number;
      hooks.onProgress?.(end / reader.rows, hooks.bytes());
    }
    return count;
  });
}

/** Rows of a group that overlap the window; all of them are checked. */
async function rowsWithin(
  source: ExportSource,
  table: ExportTable,
  reader: TableReader,
  group: number,
  { fromNs, toNs }: ExportWindow,
): Promise<readonly number[]> {
  const [beginName, endName] = TIMES[table];
  const times = await reader.group(group, [...new Set([beginName, endName])]);
  const begins = times.numbers(beginName);
  const ends = times.numbers(endName);
  const rows: number[] = [];
  for (let i = 0; i < times.rows; i++) {
    const begin = begins[i] as number;
    const end = ends[i] as number;
    if (!(begin >= 0 && begin <= end && end <= Number.MAX_SAFE_INTEGER)) {
      throw badRow(
        source,
        table,
        (reader.groupStarts[group] as number) + i,
        `from ${begin} to ${end} ns`,
      );
    }
    if (end >= fromNs && begin <= toNs) rows.push(i);
  }
  return rows;
}
