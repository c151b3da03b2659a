import { LithosError } from '@lithos/core';
import { type FileMetaData, parquetRead, type SchemaElement } from 'hyparquet';
import { type ColumnValues, Table } from './table.ts';
import { damaged, readMetadata } from './table-metadata.ts';

/** A file of which parts can be read. */
export interface RandomAccessFile {
  readonly byteLength: number;
  /** Bytes `start` to `end - 1`. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** What the values of a column are. */
export type ColumnKind = 'integer' | 'number' | 'boolean' | 'text';

export interface ColumnInfo {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Rows `start` to `end - 1` of a table. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** A table of a run record, read part by part. */
export interface TableReader {
  readonly rows: number;
  /** Columns of the file, in its order. */
  readonly columns: readonly ColumnInfo[];
  /** Row groups: what is best read at once. */
  readonly groups: readonly RowRange[];
  /** Reads rows of some columns; of all if none are named. */
  read(range: RowRange, columns?: readonly string[]): Promise<Table>;
}

/**
 * Opens a Parquet file of a run record.
 * @param where what errors call the file
 * @param schema what the file must say it is, such as `lithos/atoms@1`
 */
export async function openTable(
  file: RandomAccessFile,
  where: string,
  schema: string,
): Promise<TableReader> {
  const metadata = await readMetadata(file, where, schema);
  const columns = metadata.schema.slice(1).map((element) => ({
    name: element.name,
    kind: kindOf(element, where),
  }));
  return {
    rows: Number(metadata.num_rows),
    columns,
    groups: groupsOf(metadata),
    read: async (range, names = columns.map(({ name }) => name)) => {
      const wanted = names.map((name) => columnOf(metadata, name, where));
      try {
        return await readRows(file, metadata, range, wanted);
      } catch (error) {
        throw damaged(where, error);
      }
    },
  };
}

async function readRows(
  file: RandomAccessFile,
  metadata: FileMetaData,
  { start, end }: RowRange,
  columns: readonly SchemaElement[],
): Promise<Table> {
  const rows = end - start;
  const read = new Map<string, ColumnValues>();
  const missing = new Map<string, number>();
  for (const column of columns) {
    read.set(column.name, allocate(column, rows));
    missing.set(column.name, rows);
  }
  await parquetRead({
    file,
    metadata,
    columns: columns.map(({ name }) => name),
    rowStart: start,
    rowEnd: end,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const target = read.get(columnName);
      if (target === undefined) return;
      const copied = copy(columnData, target, rowStart - start);
      missing.set(columnName, (missing.get(columnName) ?? 0) - copied);
    },
  });
  for (const [name, count] of missing) {
    if (count !== 0) throw new Error(`column '${name}' lacks values`);
  }
  return new Table(rows, read);
}

function groupsOf({ row_groups }: FileMetaData): readonly RowRange[] {
  let start = 0;
  return row_groups.map(({ num_rows }) => {
    const range = { start, end: start + Number(num_rows) };
    start = range.end;
    return range;
  });
}

function columnOf({ schema }: FileMetaData, name: string, where: string): SchemaElement {
  const element = schema.slice(1).find((candidate) => candidate.name === name);
  if (element !== undefined) return element;
  throw new LithosError(
    'E_RECORD_FOREIGN',
    `${where}: no column '${name}'`,
    'give a folder that `lithos run` or `lithos compare` of this version wrote',
  );
}

function kindOf({ type, name }: SchemaElement, where: string): ColumnKind {
  switch (type) {
    case 'INT32':
    case 'INT64':
      return 'integer';
    case 'DOUBLE':
      return 'number';
    case 'BOOLEAN':
      return 'boolean';
    case 'BYTE_ARRAY':
      return 'text';
    default:
      throw damaged(where, new Error(`column '${name}' is of type ${type}`));
  }
}

function allocate({ type }: SchemaElement, rows: number): ColumnValues {
  if (type === 'INT32') return new Int32Array(rows);
  if (type === 'BOOLEAN') return new Uint8Array(rows);
  return type === 'BYTE_ARRAY' ? new Array<string>(rows).fill('') : new Float64Array(rows);
}

/**
 * Copies a chunk, of which parts may lie outside the rows that are wanted.
 * @returns how many values it had for them
 */
function copy(from: ArrayLike<unknown>, to: ColumnValues, at: number): number {
  const first = Math.max(0, -at);
  const end = Math.min(from.length, to.length - at);
  let count = 0;
  if (!ArrayBuffer.isView(to)) {
    const texts = to as string[];
    for (let i = first; i < end; i++) {
      const value = from[i];
      if (typeof value !== 'string') continue;
      texts[at + i] = value;
      count += 1;
    }
    return count;
  }
  for (let i = first; i < end; i++) {
    const value = from[i];
    to[at + i] = value === null || value === undefined ? Number.NaN : Number(value);
  }
  return Math.max(0, end - first);
}
