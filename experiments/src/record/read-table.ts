import { type ColumnValues, Table } from './table.ts';
import { damaged } from './table-metadata.ts';
import { bytesSource, openTable, type TableReader } from './table-reader.ts';

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
  const reader = await openTable(bytesSource(bytes), where, schema);
  const read = new Map<string, ColumnValues>();
  for (const name of columns ?? reader.columns.map((column) => column.name)) {
    read.set(
      name,
      reader.isText(name) ? await allTexts(reader, name) : await allNumbers(reader, name, where),
    );
  }
  return new Table(reader.rows, read);
}

async function allTexts(reader: TableReader, name: string): Promise<readonly string[]> {
  const all: string[] = [];
  for (let group = 0; group < reader.groups; group++) {
    const { texts, codes } = await reader.texts(name, group);
    for (const code of codes) all.push(texts[code] as string);
  }
  return all;
}

async function allNumbers(
  reader: TableReader,
  name: string,
  where: string,
): Promise<Float64Array | Int32Array | Uint8Array> {
  let all: Float64Array | Int32Array | Uint8Array = new Float64Array(reader.rows);
  for (let group = 0; group < reader.groups; group++) {
    const values = await reader.numbers(name, group);
    if (group === 0) all = emptyLike(values, reader.rows);
    const start = reader.groupStarts[group] as number;
    if (start + values.length > all.length) throw damaged(where, new Error('too many rows'));
    all.set(values, start);
  }
  return all;
}

function emptyLike(
  values: Float64Array | Int32Array | Uint8Array,
  rows: number,
): Float64Array | Int32Array | Uint8Array {
  if (values instanceof Float64Array) return new Float64Array(rows);
  return values instanceof Int32Array ? new Int32Array(rows) : new Uint8Array(rows);
}
