import { LithosError } from '@lithos/core';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import { checkSchema } from './schema-version.ts';

/** Bytes that begin and end a Parquet file. */
const MAGIC = 'PAR1';

/**
 * Reads the footer of a table of a run record.
 * @param where what errors call the file
 * @param schema what the file must say it is, such as `lithos/atoms@1`
 */
export async function readMetadata(
  file: AsyncBuffer,
  where: string,
  schema: string,
): Promise<FileMetaData> {
  const size = file.byteLength;
  const begins = size >= 4 && (await textAt(file, 0)) === MAGIC;
  if (begins && (size < 12 || (await textAt(file, size - 4)) !== MAGIC)) {
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
  checkSchema(
    metadata?.key_value_metadata?.find(({ key }) => key === 'lithos')?.value,
    schema,
    where,
  );
  if (metadata === undefined) throw new Error('a file without a footer has no schema');
  return metadata;
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

async function textAt(file: AsyncBuffer, at: number): Promise<string> {
  return new TextDecoder().decode(await file.slice(at, at + 4));
}
