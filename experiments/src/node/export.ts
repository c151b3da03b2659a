import fs from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { LithosError } from '@lithos/core';
import { exportCsv } from '../export/csv/export-csv.ts';
import {
  exportPerfetto,
  type PerfettoExport,
  type PerfettoOptions,
} from '../export/perfetto/export-perfetto.ts';
import type { ExportTable } from '../export/source.ts';
import {
  type ExportHooks,
  type ExportSource,
  type ExportWindow,
  openSource,
  recordedTables,
} from '../export/source.ts';
import { RECORD_FILES } from '../record/manifest.ts';
import { openFolder } from './open-files.ts';
import { type OutputFiles, outputFiles, refuseTaken } from './output-files.ts';

/** What a run can be exported as. */
export const EXPORT_FORMATS = ['perfetto', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * Beyond this, ui.perfetto.dev is likely to run out of memory: 1.3 GB, where its documentation warns
 * of about 2 GB, and the trace has to be sorted besides.
 */
const LARGE_TRACE_SLICES = 10e6;

export interface ExportOptions extends ExportHooks {
  /** A run record, or a folder with one in it. */
  readonly run: string;
  readonly format: ExportFormat;
  /** The file, or the folder of files, to write; beside the run record if not given. */
  readonly out?: string;
  /** Whether files that are there are replaced. */
  readonly force: boolean;
  /** CSV: one table alone, into a file and not a folder. */
  readonly table?: ExportTable;
  readonly window: ExportWindow;
  /** Perfetto: whether the trace's packets are compressed. */
  readonly compress?: boolean;
  /** Told what the user should know of the run before it is exported. */
  readonly onNote?: (text: string) => void;
}

export interface ExportedFile {
  readonly path: string;
  readonly bytes: number;
  /** CSV: rows without the header. */
  readonly rows?: number;
}

export interface ExportResult {
  readonly schema: 'lithos/export@1';
  readonly run: string;
  readonly format: ExportFormat;
  /** Why the run record is not the whole of a run. */
  readonly incomplete?: string;
  readonly files: readonly ExportedFile[];
  /** Perfetto: what the trace holds. */
  readonly trace?: Omit<PerfettoExport, 'bytes'>;
}

/** Writes a run record in another format; leaves nothing behind if it fails. */
export async function exportRun(options: ExportOptions): Promise<ExportResult> {
  const { format, table, compress, onNote, window } = options;
  if (table !== undefined && format !== 'csv') {
    throw new LithosError('E_VALUE', '--table is for --format csv', 'leave --table away');
  }
  if (compress === true && format !== 'perfetto') {
    throw new LithosError('E_VALUE', '--compress is for --format perfetto', 'leave it away');
  }
  if (window.fromNs > window.toNs) {
    throw new LithosError('E_VALUE', '--from is after --to', 'give the earlier time with --from');
  }
  const run = runFolder(options.run);
  const source = await openSource(openFolder(run), run);
  recordedTables(source);
  const { incomplete } = source;
  if (incomplete !== undefined) onNote?.(`${run} is not a whole run: ${incomplete}`);
  const output = outputFiles();
  try {
    const result = await write(source, run, options, output);
    output.commit();
    const whole = { schema: 'lithos/export@1', run, format, ...result } as const;
    return incomplete === undefined ? whole : { ...whole, incomplete };
  } finally {
    output.discard();
  }
}

type Written = Pick<ExportResult, 'files' | 'trace'>;

function write(
  source: ExportSource,
  run: string,
  options: ExportOptions,
  output: OutputFiles,
): Promise<Written> {
  switch (options.format) {
    case 'perfetto':
      return writePerfetto(source, run, options, output);
    case 'csv':
      return writeCsv(source, run, options, output);
  }
}

async function writePerfetto(
  source: ExportSource,
  run: string,
  { out = `${run}.pftrace`, force, window, compress, onNote, onProgress, signal }: ExportOptions,
  output: OutputFiles,
): Promise<Written> {
  refuseTaken(out, force);
  if (!recordedTables(source).includes('atoms')) {
    onNote?.(`${run} was made with --record requests: the trace has no TPCs`);
  }
  const hooks: PerfettoOptions = {
    ...(signal !== undefined && { signal }),
    ...(compress === true && { deflate: (part) => deflateSync(part, { level: 1 }) }),
    ...(onProgress !== undefined && { onProgress }),
  };
  const { bytes, ...trace } = await exportPerfetto(source, output.open(out), window, hooks);
  if (trace.slices > LARGE_TRACE_SLICES) {
    const millions = Math.round(trace.slices / 1e6);
    onNote?.(
      `the trace has ${millions} million slices, more than ui.perfetto.dev is likely to open: ` +
        'cut it with --from and --to',
    );
  }
  return { files: [{ path: out, bytes }], trace };
}

async function writeCsv(
  source: ExportSource,
  run: string,
  { out, force, table, window, onProgress, signal }: ExportOptions,
  output: OutputFiles,
): Promise<Written> {
  const tables = table === undefined ? recordedTables(source) : [table];
  const pathOf = (name: ExportTable): string =>
    table === undefined ? join(out ?? `${run}-csv`, `${name}.csv`) : (out ?? `${run}-${name}.csv`);
  for (const name of tables) refuseTaken(pathOf(name), force);
  const files: ExportedFile[] = [];
  for (const [i, name] of tables.entries()) {
    const hooks: ExportHooks = {
      ...(signal !== undefined && { signal }),
      onProgress: (share, bytes) => onProgress?.((i + share) / tables.length, bytes),
    };
    const sink = output.open(pathOf(name));
    files.push({ path: pathOf(name), ...(await exportCsv(source, name, sink, window, hooks)) });
  }
  return { files };
}

/** The folder of the run record itself, where the one around it was given. */
function runFolder(folder: string): string {
  // Files go beside the run, so it has to have a name.
  const path = ['.', '..'].includes(basename(folder))
    ? resolve(folder)
    : folder.replace(/(?!^)\/+$/, '');
  if (fs.existsSync(join(path, RECORD_FILES.manifest))) return path;
  const runs = fs.existsSync(path) ? runsIn(path) : [];
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return join(path, only);
  if (runs.length > 1) {
    throw new LithosError(
      'E_EXPORT_RUN',
      `${folder} holds ${runs.length} runs`,
      `give one of them: ${runs.map((name) => join(path, name)).join(', ')}`,
    );
  }
  return path;
}

function runsIn(folder: string): readonly string[] {
  if (!fs.statSync(folder).isDirectory()) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(join(folder, name, RECORD_FILES.manifest)))
    .sort();
}
