import { LithosError, type Ns } from '@lithos/core';
import { type Manifest, RECORD_FILES } from '../record/manifest.ts';
import { type RandomAccessRunFiles, readRun, withRunTable } from '../record/read.ts';
import type { TableReader } from '../record/table-reader.ts';

/** A run record that is exported. */
export interface ExportSource {
  readonly files: RandomAccessRunFiles;
  /** What errors call the folder. */
  readonly where: string;
  readonly manifest: Manifest;
  /** Why the record is not the whole of a run, or `undefined` if it is. */
  readonly incomplete: string | undefined;
}

/** What of a run is exported: what overlaps the time from `fromNs` to `toNs`, whole. */
export interface ExportWindow {
  readonly fromNs: Ns;
  readonly toNs: Ns;
}

export const WHOLE_RUN: ExportWindow = { fromNs: 0, toNs: Number.POSITIVE_INFINITY };

export interface ExportHooks {
  /** Told now and then which share of the rows was read, and how many bytes were written. */
  readonly onProgress?: (share: number, bytes: number) => void;
  /** Ends the export: it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Opens a run record for export. */
export async function openSource(
  files: RandomAccessRunFiles,
  where: string,
): Promise<ExportSource> {
  const { manifest, incomplete } = await readRun(files, where);
  if (!Array.isArray(manifest.tenants) || typeof manifest.device?.id !== 'string') {
    throw damagedManifest(where, 'it has no tenants or no device');
  }
  return { files, where, manifest, incomplete };
}

/** Tables that are exported. */
export type ExportTable = 'requests' | 'atoms' | 'counters';

/** Tables that the run recorded: one at least. */
export function recordedTables({ manifest, where }: ExportSource): readonly ExportTable[] {
  switch (manifest.record) {
    case 'all':
      return ['requests', 'atoms', 'counters'];
    case 'requests':
      return ['requests', 'counters'];
    case 'summary':
    case 'none':
      throw new LithosError(
        'E_EXPORT_NOTHING',
        `${where}: the run was made with --record ${manifest.record}, so there is nothing to export`,
        'repeat it with --record all',
      );
    default:
      throw damagedManifest(where, `'record' is '${manifest.record}'`);
  }
}

function damagedManifest(where: string, what: string): LithosError {
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}/${RECORD_FILES.manifest}: ${what}`,
    'repeat the run, or copy its folder again',
  );
}

/** Has `use` read a table that the run recorded. */
export async function withTable<T>(
  { files, where }: ExportSource,
  table: ExportTable,
  use: (reader: TableReader) => Promise<T>,
): Promise<T> {
  // Not what `use` gives: that may be undefined.
  let found = false;
  const result = await withRunTable(files, where, table, (reader) => {
    found = true;
    return use(reader);
  });
  if (found) return result as T;
  throw new LithosError(
    'E_RECORD_MISSING',
    `${where}: ${RECORD_FILES[table]} is missing, which the run recorded`,
    'repeat the run, or copy its folder again',
  );
}

/** A row that makes no sense. */
export function badRow(
  { where }: ExportSource,
  table: ExportTable,
  row: number,
  what: string,
): LithosError {
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}/${RECORD_FILES[table]}, row ${row}: ${what}`,
    'repeat the run, or copy its folder again',
  );
}
