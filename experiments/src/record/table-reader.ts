import { LithosError } from '@lithos/core';
import { type FileMetaData, parquetMetadata, type RowGroup, type SchemaElement } from 'hyparquet';
import {
  type CodedTexts,
  type NumberValues,
  readNumbers,
  readTexts,
} from './parquet/read-column.ts';

/** Bytes at rest, read piece by piece: a file on disk, in a browser, or in memory. */
export interface ByteSource {
  readonly byteLength: number;
  /** Bytes `start` to `end - 1`. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** The end of a Parquet file: length of the footer, `PAR1`. */
const TAIL = 8;
/** No record that we write has a footer near this. */
const MAX_FOOTER = 256 * 2 ** 20;

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
    if (starts.at(-1) !== this.rows) throw damaged(where, new Error('row groups miss rows'));
  }

  get groups(): number {
    return this.metadata.row_groups.length;
  }

  /** Names of the columns. */
  names(): readonly string[] {
    return this.elements().map(({ name }) => name);
  }

  /** Whether a column is of texts. */
  isText(name: string): boolean {
    const element = this.elements().find((candidate) => candidate.name === name);
    if (element === undefined) throw missing(this.where, name);
    return element.type === 'BYTE_ARRAY';
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
  const text = new TextDecoder();
  const size = source.byteLength;
  const begins = size >= 4 && text.decode(await source.slice(0, 4)) === 'PAR1';
  const tail = begins && size >= 12 ? await source.slice(size - TAIL, size) : new Uint8Array(TAIL);
  if (begins && text.decode(tail.subarray(4)) !== 'PAR1') {
    throw new LithosError(
      'E_RECORD_TRUNCATED',
      `${where}: the file was cut off: the run, or the copying of its record, did not finish`,
      'repeat the run, or copy its folder again',
    );
  }
  let metadata: FileMetaData | undefined;
  if (begins) {
    try {
      const length = new DataView(tail.buffer, tail.byteOffset, TAIL).getUint32(0, true) + TAIL;
      if (length > Math.min(size, MAX_FOOTER)) throw new Error('a footer larger than the file');
      const footer = await source.slice(size - length, size);
      metadata = parquetMetadata(new Uint8Array(footer).buffer);
    } catch (error) {
      throw damaged(where, error);
    }
  }
  const stated = metadata?.key_value_metadata?.find(({ key }) => key === 'lithos')?.value;
  if (metadata === undefined || stated !== schema) throw foreign(where, schema, stated);
  return new TableReader(source, where, metadata);
}

/** A file that is none of ours, or of a version that is not known here. */
export function foreign(where: string, schema: string, stated: unknown): LithosError {
  const [name, version] = schema.split('@') as [string, string];
  const [itsName, itsVersion] = typeof stated === 'string' ? stated.split('@') : [];
  if (itsName === name && Number(itsVersion) > Number(version)) {
    return new LithosError(
      'E_RECORD_NEWER',
      `${where}: written by a newer version ('${stated}'; this one reads '${schema}')`,
      'update LithOS, or repeat the run with this version',
    );
  }
  return new LithosError(
    'E_RECORD_FOREIGN',
    `${where}: not a '${schema}' file${typeof stated === 'string' ? `, but '${stated}'` : ''}`,
    'give a folder that `lithos run` or `lithos compare` wrote',
  );
}

function missing(where: string, column: string): LithosError {
  return new LithosError('E_RECORD_FOREIGN', `${where}: no column '${column}'`);
}

/** A file that says what it is and cannot be read. */
export function damaged(where: string, error: unknown): LithosError {
  if (error instanceof LithosError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}: the file is damaged (${reason})`,
    'repeat the run, or copy its folder again',
  );
}
