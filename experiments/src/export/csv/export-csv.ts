import { LithosError, TpcSet } from '@lithos/core';
import type { SinkFile } from '../../record/sink.ts';
import type { Table } from '../../record/table.ts';
import type { ColumnInfo, TableReader } from '../../record/table-reader.ts';
import { eachRowGroup } from '../rows.ts';
import type { ExportTable } from '../source.ts';
import {
  type ExportHooks,
  type ExportSource,
  type ExportWindow,
  recordedTables,
  WHOLE_RUN,
} from '../source.ts';

/** Characters that are collected before they go to the sink. */
const CHUNK_CHARS = 1 << 18;

/** A column that tables with a TPC set have in addition: the set in words, such as `0-12,20`. */
const SET_COLUMN = 'tpcs';
const SET_WORDS = ['tpcs_0', 'tpcs_1', 'tpcs_2'] as const;

/** What a file holds. */
export interface CsvExport {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes a table of a run record as CSV (RFC 4180): the columns of the Parquet file, every value in
 * full, null as nothing between two commas. It goes to the sink while it is read; the sink is closed
 * by whoever opened it.
 */
export async function exportCsv(
  source: ExportSource,
  table: ExportTable,
  sink: SinkFile,
  window: ExportWindow = WHOLE_RUN,
  hooks: ExportHooks = {},
): Promise<CsvExport> {
  if (!recordedTables(source).includes(table)) {
    throw new LithosError(
      'E_EXPORT_NOTHING',
      `${source.where}: the run was made with --record requests, which leaves ${table} out`,
      'repeat it with --record all',
    );
  }
  const out = new TextSink(sink);
  let columns: readonly ColumnInfo[] = [];
  const begin = (reader: TableReader): void => {
    columns = reader.columns;
    const names = columns.map(({ name }) => name);
    out.line((hasSet(names) ? [...names, SET_COLUMN] : names).map(quoted));
  };
  const rows = await eachRowGroup(
    source,
    table,
    window,
    { ...hooks, begin, bytes: () => out.written },
    (group) => {
      const cells = cellsOf(columns, group.values);
      for (const row of group.rows) out.line(cells.map((cell) => cell(row)));
    },
  );
  out.finish();
  return { rows, bytes: out.written };
}

type Cell = (row: number) => string;

function cellsOf(columns: readonly ColumnInfo[], values: Table): readonly Cell[] {
  const cells = columns.map((column) => cellOf(column, values));
  if (!hasSet(values.names())) return cells;
  const words = SET_WORDS.map((name) => values.numbers(name));
  const set: Cell = (row) => {
    const [w0 = 0, w1 = 0, w2 = 0] = words.map((word) => word[row]);
    return quoted(TpcSet.ofWords(w0, w1, w2).toString());
  };
  return [...cells, set];
}

function cellOf({ name, kind }: ColumnInfo, values: Table): Cell {
  if (kind === 'text') {
    const texts = values.texts(name);
    return (row) => quoted(texts[row] as string);
  }
  const numbers = values.numbers(name);
  if (kind === 'boolean') return (row) => (numbers[row] === 1 ? 'true' : 'false');
  return (row) => {
    const value = numbers[row] as number;
    return Number.isNaN(value) ? '' : String(value);
  };
}

function hasSet(names: readonly string[]): boolean {
  return SET_WORDS.every((word) => names.includes(word));
}

/** Collects lines and hands them on as UTF-8. */
class TextSink {
  written = 0;
  private text = '';
  private readonly sink: SinkFile;
  private readonly utf8 = new TextEncoder();

  constructor(sink: SinkFile) {
    this.sink = sink;
  }

  line(cells: readonly string[]): void {
    this.text += `${cells.join(',')}\r\n`;
    if (this.text.length >= CHUNK_CHARS) this.finish();
  }

  finish(): void {
    const bytes = this.utf8.encode(this.text);
    this.text = '';
    this.sink.write(bytes);
    this.written += bytes.length;
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
