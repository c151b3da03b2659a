import type { Table } from './table.ts';
import { openTable, type RandomAccessFile } from './table-reader.ts';

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
  const reader = await openTable(inMemory(bytes), where, schema);
  return reader.read({ start: 0, end: reader.rows }, columns);
}

/** A file that is in memory. Its slices are whole buffers, so each is a copy. */
export function inMemory(bytes: Uint8Array): RandomAccessFile {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => Promise.resolve(new Uint8Array(bytes.subarray(start, end)).buffer),
  };
}
