import { LithosError } from '@lithos/core';
import { type Manifest, RECORD_FILES, type RunSummary } from './manifest.ts';
import { readTable, type Table } from './read-table.ts';
import { foreign } from './table-reader.ts';

/** A folder with a run record, on disk, in memory or behind a web server. */
export interface RunFiles {
  /** A whole file; `undefined` if there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
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
  table: keyof typeof TABLES,
  columns?: readonly string[],
): Promise<Table | undefined> {
  const name = RECORD_FILES[table];
  const bytes = await files.readFile(name);
  if (bytes === undefined) return undefined;
  return readTable(bytes, `${where}/${name}`, TABLES[table], columns);
}

function incompleteness({ exit, reason }: Manifest): string | undefined {
  switch (exit) {
    case 'complete':
      return undefined;
    case 'running':
      return 'the run crashed, or still goes on';
    case 'interrupted':
      return 'the run was interrupted';
    case 'disk-full':
      return `the disk was full (${reason})`;
    case 'failed':
      return `the run failed (${reason})`;
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
  if (typeof value === 'object' && value !== null && 'schema' in value && value.schema === schema) {
    return value as Readonly<Record<string, unknown>>;
  }
  const stated = typeof value === 'object' && value !== null && 'schema' in value && value.schema;
  throw foreign(`${where}/${name}`, schema, stated);
}
