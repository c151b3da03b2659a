import { LithosError } from '@lithos/core';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet';

/** Values of a column: int64 and double as doubles (NaN for null), booleans as 0 and 1. */
export type ColumnValues = Float64Array | Int32Array | Uint8Array | readonly string[];

/** Columns of a Parquet file, whole. */
export class Table {
  readonly rows: number;
  private readonly columns: ReadonlyMap<string, ColumnValues>;

  constructor(rows: number, columns: ReadonlyMap<string, ColumnValues>) {
    this.rows = rows;
    this.columns = columns;
  }

  /** Names of the columns that were read. */
  names(): readonly string[] {
    return [...this.columns.keys()];
  }

  /** A column of numbers. */
  numbers(name: string): Float64Array | Int32Array | Uint8Array {
    const values = this.columns.get(name);
    if (values === undefined || !ArrayBuffer.isView(values)) {
      throw new Error(`'${name}' is not a column of numbers that was read`);
    }
    return values;
  }

  /** A column of text. */
  texts(name: string): readonly string[] {
    const values = this.columns.get(name);
    if (values === undefined || ArrayBuffer.isView(values)) {
      throw new Error(`'${name}' is not a column of text that was read`);
    }
    return values;
  }
}

/**
 * Reads columns of a Parquet file of a run record.
 * @param where what errors call the file
 * @param schema what the file must say it is, such as `lithos/atoms@1`
 * @param columns the columns to read; all if not given
 */
export async function readTable(
  bytes: Uint8Array,
  where: string,
  schema: string,
  columns?: readonly string[],
): Promise<Table> {
  const file = asyncBuffer(bytes);
  const metadata = await readMetadata(bytes, file, where, schema);
  const elements = metadata.schema.slice(1);
  const wanted = columns ?? elements.map(({ name }) => name);
  const rows = Number(metadata.num_rows);
  const read = new Map<string, ColumnValues>();
  try {
    for (const name of wanted) read.set(name, allocate(elementOf(elements, name, where), rows));
    await parquetRead({
      file,
      metadata,
      columns: [...wanted],
      onChunk: ({ columnName, columnData, rowStart }) => {
        const target = read.get(columnName);
        if (target !== undefined) copy(columnData, target, rowStart);
      },
    });
  } catch (error) {
    if (error instanceof LithosError) throw error;
    throw damaged(where, error);
  }
  return new Table(rows, read);
}

/** Bytes as hyparquet takes them: its slices are whole buffers, so each is a copy. */
function asyncBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

async function readMetadata(
  bytes: Uint8Array,
  file: AsyncBuffer,
  where: string,
  schema: string,
): Promise<FileMetaData> {
  const text = new TextDecoder();
  const begins = text.decode(bytes.subarray(0, 4)) === 'PAR1';
  if (begins && (bytes.length < 12 || text.decode(bytes.subarray(-4)) !== 'PAR1')) {
    throw new LithosError(
      'E_RECORD_TRUNCATED',
      `${where}: the file was cut off: the run, or the copying of its record, did not finish`,
      'repeat the run, or copy its folder again',
    );
  }
  let metadata: FileMetaData | undefined;
  try {
    metadata = begins ? await parquetMetadataAsync(file) : undefined;
  } catch (error) {
    throw damaged(where, error);
  }
  const stated = metadata?.key_value_metadata?.find(({ key }) => key === 'lithos')?.value;
  if (metadata === undefined || stated !== schema) {
    throw new LithosError(
      'E_RECORD_FOREIGN',
      `${where}: not a '${schema}' file${stated === undefined ? '' : `, but '${stated}'`}`,
      'give a folder that `lithos run` or `lithos compare` wrote',
    );
  }
  return metadata;
}

function elementOf(elements: readonly SchemaElement[], name: string, where: string): SchemaElement {
  const element = elements.find((candidate) => candidate.name === name);
  if (element !== undefined) return element;
  throw new LithosError('E_RECORD_FOREIGN', `${where}: no column '${name}'`);
}

function allocate({ type, name }: SchemaElement, rows: number): ColumnValues {
  switch (type) {
    case 'INT32':
      return new Int32Array(rows);
    case 'BOOLEAN':
      return new Uint8Array(rows);
    case 'INT64':
    case 'DOUBLE':
      return new Float64Array(rows);
    case 'BYTE_ARRAY':
      return new Array<string>(rows).fill('');
    default:
      throw new Error(`column '${name}' is of type ${type}`);
  }
}

function copy(from: ArrayLike<unknown>, to: ColumnValues, at: number): void {
  if (!ArrayBuffer.isView(to)) {
    const texts = to as string[];
    for (let i = 0; i < from.length; i++) texts[at + i] = String(from[i]);
    return;
  }
  for (let i = 0; i < from.length; i++) {
    const value = from[i];
    to[at + i] = value === null || value === undefined ? Number.NaN : Number(value);
  }
}

function damaged(where: string, error: unknown): LithosError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}: the file is damaged (${reason})`,
    'repeat the run, or copy its folder again',
  );
}
