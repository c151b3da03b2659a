import { LithosError } from '@lithos/core';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { checkSchema } from './schema-version.ts';
import type { ByteSource } from './table-reader.ts';

/** Bytes that begin and end a Parquet file. */
const MAGIC = 'PAR1';
/** The end of a Parquet file: length of the footer, `PAR1`. */
const TAIL = 8;
/** No record that we write has a footer near this. */
const MAX_FOOTER = 256 * 2 ** 20;

/**
 * Reads the footer of a table of a run record.
 * @param where what errors call the file
 * @param schema what the file must say it is, such as `lithos/atoms@1`
 */
export async function readMetadata(
  source: ByteSource,
  where: string,
  schema: string,
): Promise<FileMetaData> {
  const text = new TextDecoder();
  const size = source.byteLength;
  const begins = size >= 4 && text.decode(await source.slice(0, 4)) === MAGIC;
  const tail = begins && size >= 12 ? await source.slice(size - TAIL, size) : new Uint8Array(TAIL);
  if (begins && text.decode(tail.subarray(4)) !== MAGIC) {
    throw new LithosError(
      'E_RECORD_TRUNCATED',
      `${where}: the file was cut off: the run, or the copying of its record, did not finish`,
      'repeat the run, or copy its folder again',
    );
  }
  const metadata = begins ? await readFooter(source, tail, where) : undefined;
  const stated = metadata?.key_value_metadata?.find(({ key }) => key === 'lithos')?.value;
  checkSchema(stated, schema, where);
  if (metadata === undefined) throw new Error('a file without a footer has no schema');
  return metadata;
}

async function readFooter(
  source: ByteSource,
  tail: Uint8Array,
  where: string,
): Promise<FileMetaData> {
  const size = source.byteLength;
  try {
    const length = new DataView(tail.buffer, tail.byteOffset, TAIL).getUint32(0, true) + TAIL;
    if (length > Math.min(size, MAX_FOOTER)) throw new Error('a footer larger than the file');
    return parquetMetadata(new Uint8Array(await source.slice(size - length, size)).buffer);
  } catch (error) {
    throw damaged(where, error);
  }
}

/** A file that cannot be decoded; an expected failure stays what it is. */
export function damaged(where: string, error: unknown): LithosError {
  if (error instanceof LithosError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}: the file is damaged (${reason})`,
    'repeat the run, or copy its folder again',
  );
}
