import { LithosError } from '@lithos/core';
import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import {
  type CodedTexts,
  type NumberValues,
  readNumbers,
  readTexts,
} from './parquet/read-column.ts';
import { type ColumnValues, Table } from './table.ts';
import { damaged, readMetadata } from './table-metadata.ts';

/** Bytes at rest, read piece by piece: a file on disk, in a browser, or in memory. */
export interface ByteSource {
  readonly byteLength: number;
  /** Bytes `start` to `end - 1`. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** What the values of a column are. */
export type ColumnKind = 'integer' | 'number' | 'boolean' | 'text';

export interface ColumnInfo {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  };
}

/** A Parquet file of a run record, read by row group and column: as much as is wanted. */
export class TableReader {
  readonly rows: number;
  /** First row of each row group, and the number of rows after the last. */
  readonly groupStarts: readonly number[];
  /** Columns of the file, in its order. */
  readonly columns: readonly ColumnInfo[];
  private readonly source: ByteSource;
  /** What errors call the file. */
  readonly where: string;
  private readonly metadata: FileMetaData;

  constructor(source: ByteSource, where: string, metadata: FileMetaData) {
    this.source = source;
    this.where = where;
    this.metadata = metadata;
    const starts = [0];
    for (const group of metadata.row_groups) {
      starts.push((starts.at(-1) as number) + Number(group.num_rows));
    }
    this.groupStarts = starts;
    this.rows = Number(metadata.num_rows);
    this.columns = this.elements().map((element) => ({
      name: element.name,
      kind: kindOf(element, where),
    }));
    if (starts.at(-1) !== this.rows) throw damaged(where, new Error('row groups miss rows'));
  }

  get groups(): number {
    return this.metadata.row_groups.length;
  }

  /** The row group that holds a row. */
  groupOf(row: number): number {
    const after = this.groupStarts.findIndex((start) => start > row);
    if (after < 1) throw new RangeError(`there is no row ${row}`);
    return after - 1;
  }

  /** A column of numbers of one row group. */
  numbers(name: string, group: number): Promise<NumberValues> {
    return this.column(name, group, readNumbers);
  }

  /** A column of texts of one row group. */
  texts(name: string, group: number): Promise<CodedTexts> {
    return this.column(name, group, readTexts);
  }

  /** Columns of one row group; all of them if none are named. */
  async group(group: number, names?: readonly string[]): Promise<Table> {
    const rows = (this.groupStarts[group + 1] as number) - (this.groupStarts[group] as number);
    const read = new Map<string, ColumnValues>();
    for (const name of names ?? this.columns.map((column) => column.name)) {
      const values = this.isText(name)
        ? textsOf(await this.texts(name, group))
        : await this.numbers(name, group);
      if (values.length !== rows) {
        throw damaged(this.where, new Error(`column '${name}' lacks values`));
      }
      read.set(name, values);
    }
    return new Table(rows, read);
  }

  /** Whether a column is of texts. */
  isText(name: string): boolean {
    const column = this.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw missing(this.where, name);
    return column.kind === 'text';
  }

  private async column<T>(
    name: string,
    group: number,
    read: (chunk: Uint8Array, schema: SchemaElement, meta: ColumnMeta) => T,
  ): Promise<T> {
    const index = this.elements().findIndex((element) => element.name === name);
    const schema = this.elements()[index];
    if (schema === undefined) throw missing(this.where, name);
    try {
      const meta = this.metadata.row_groups[group]?.columns[index]?.meta_data;
      if (meta === undefined) throw new Error(`row group ${group} has no column '${name}'`);
      const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
      const size = Number(meta.total_compressed_size);
      const chunk = await this.source.slice(start, start + size);
      if (chunk.length !== size) throw new Error('a column reaches beyond the end');
      return read(chunk, schema, meta);
    } catch (error) {
      throw damaged(this.where, error);
    }
  }

  private elements(): readonly SchemaElement[] {
    return this.metadata.schema.slice(1);
  }
}

type ColumnMeta = NonNullable<RowGroup['columns'][number]['meta_data']>;

/**
 * Opens a Parquet file of a run record; only its footer is read.
 * @param where what errors call the file
 * @param schema what the file must say it is, such as `lithos/atoms@1`
 */
export async function openTable(
  source: ByteSource,
  where: string,
  schema: string,
): Promise<TableReader> {
  return new TableReader(source, where, await readMetadata(source, where, schema));
}

function textsOf({ texts, codes }: CodedTexts): readonly string[] {
  return Array.from(codes, (code) => texts[code] as string);
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

function missing(where: string, column: string): LithosError {
  return new LithosError(
    'E_RECORD_FOREIGN',
    `${where}: no column '${column}'`,
    'give a folder that `lithos run` or `lithos compare` of this version wrote',
  );
}
