import { LithosError } from '@lithos/core';
import { type Manifest, RECORD_FILES, type RunSummary } from './manifest.ts';
import { readTable } from './read-table.ts';
import { checkSchema } from './schema-version.ts';
import type { Table } from './table.ts';
import { type ByteSource, bytesSource, openTable, type TableReader } from './table-reader.ts';

/** A folder with a run record, on disk, in memory or behind a web server. */
export interface RunFiles {
  /** A whole file; `undefined` if there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
}

/** A file that is open. */
export interface OpenFile extends ByteSource {
  close(): Promise<void>;
}

/** A folder with a run record whose files can be read in parts, so that they may be of any size. */
export interface RandomAccessRunFiles extends RunFiles {
  /** Opens a file; `undefined` if there is none. */
  openFile(path: string): Promise<OpenFile | undefined>;
}

/** A run record. */
export interface RunRecord {
  readonly manifest: Manifest;
  /** Absent if the run did not end by itself. */
  readonly summary: RunSummary | undefined;
  /** Why the record is not the whole of a run, or `undefined` if it is. */
  readonly incomplete: string | undefined;
}

/** Tables of a run record, and what each says it is. */
export const TABLES = {
  requests: 'lithos/requests@1',
  unfinished: 'lithos/unfinished@1',
  atoms: 'lithos/atoms@1',
  counters: 'lithos/counters@1',
} as const;

export type TableName = keyof typeof TABLES;

/**
 * Reads the manifest and the summary of a run.
 * @param where what errors call the folder
 */
export async function readRun(files: RunFiles, where: string): Promise<RunRecord> {
  const manifest = (await readJson(
    files,
    where,
    RECORD_FILES.manifest,
    'lithos/run@1',
  )) as unknown as Manifest | undefined;
  if (manifest === undefined) {
    throw new LithosError(
      'E_RECORD_MISSING',
      `${where}: no run record here (no ${RECORD_FILES.manifest})`,
      'give a folder that `lithos run` or `lithos compare` wrote',
    );
  }
  const summary = (await readJson(
    files,
    where,
    RECORD_FILES.summary,
    'lithos/summary@1',
  )) as unknown as RunSummary | undefined;
  return { manifest, summary, incomplete: incompleteness(manifest) };
}

/** Reads columns of one of the tables; `undefined` if the run did not record it. */
export async function readRunTable(
  files: RunFiles,
  where: string,
  table: TableName,
  columns?: readonly string[],
): Promise<Table | undefined> {
  const name = RECORD_FILES[table];
  const bytes = await files.readFile(name);
  if (bytes === undefined) return undefined;
  return readTable(bytes, `${where}/${name}`, TABLES[table], columns);
}

/** Has `use` read one of the tables part by part; `undefined` if the run did not record it. */
export async function withRunTable<T>(
  files: RandomAccessRunFiles,
  where: string,
  table: TableName,
  use: (reader: TableReader) => Promise<T>,
): Promise<T | undefined> {
  const name = RECORD_FILES[table];
  const file = await files.openFile(name);
  if (file === undefined) return undefined;
  try {
    return await use(await openTable(file, `${where}/${name}`, TABLES[table]));
  } finally {
    await file.close();
  }
}

/** Lets files that are read whole be read in parts. */
export function readInParts(files: RunFiles): RandomAccessRunFiles {
  return {
    readFile: (path) => files.readFile(path),
    openFile: async (path) => {
      const bytes = await files.readFile(path);
      return bytes && { ...bytesSource(bytes), close: () => Promise.resolve() };
    },
  };
}

function incompleteness({ exit, reason }: Manifest): string | undefined {
  const because = reason === undefined ? '' : ` (${reason})`;
  switch (exit) {
    case 'complete':
      return undefined;
    case 'running':
      return 'the run crashed, or still goes on';
    case 'interrupted':
      return 'the run was interrupted';
    case 'disk-full':
      return `the disk was full${because}`;
    case 'failed':
      return `the run failed${because}`;
  }
}

async function readJson(
  files: RunFiles,
  where: string,
  name: string,
  schema: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await files.readFile(name);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new LithosError(
      'E_RECORD_DAMAGED',
      `${where}/${name}: not JSON`,
      'repeat the run, or copy its folder again',
    );
  }
  const object = typeof value === 'object' && value !== null ? value : {};
  checkSchema('schema' in object ? object.schema : undefined, schema, `${where}/${name}`);
  return object as Readonly<Record<string, unknown>>;
}
