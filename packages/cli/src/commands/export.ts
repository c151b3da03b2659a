import { parseMoment } from '@lithos/experiments';
import { EXPORT_FORMATS, type ExportFormat, exportRun } from '@lithos/experiments/node';
import { type Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';

const TABLES = ['requests', 'atoms', 'counters'] as const;

interface Flags {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly force?: boolean;
  readonly table?: (typeof TABLES)[number];
  readonly compress?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

/** `lithos export`. */
export function addExport(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .description('write a run for other tools: a trace for ui.perfetto.dev, or CSV')
    .argument('<run>', 'the folder of a run record')
    .addOption(
      new Option('--format <format>', 'perfetto, or csv')
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option('--out <path>', 'what to write (default: RUN.pftrace, RUN-csv/ or RUN-TABLE.csv)')
    .option('--force', 'replace files that are there')
    .addOption(new Option('--table <name>', 'CSV: this table alone, as one file').choices(TABLES))
    .option('--compress', 'Perfetto: compress the trace, about fifteenfold')
    .option('--from <time>', 'leave out what ended before, such as 10s', (text) =>
      parseMoment(text, '--from'),
    )
    .option('--to <time>', 'leave out what began after, such as 10.5s', (text) =>
      parseMoment(text, '--to'),
    )
    .option('--json', 'print one JSON object')
    .action((run: string, flags: Flags) => exportOne(terminal, run, flags));
}

async function exportOne(
  terminal: Terminal,
  run: string,
  { from, to, json, force, ...flags }: Flags,
): Promise<void> {
  const interrupt = onInterrupt(terminal, 'removing what was written');
  try {
    const result = await exportRun({
      ...flags,
      run,
      force: force ?? false,
      window: { fromNs: from ?? 0, toNs: to ?? Number.POSITIVE_INFINITY },
      signal: interrupt.signal,
      onProgress: (share, bytes) =>
        terminal.progress.update(share, `${Math.round(bytes / 1e6)} MB`),
      onNote: (text) => terminal.note(text),
    });
    if (json) terminal.json(result);
    else terminal.print(result.files.map(({ path }) => path).join('\n'));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = EXIT.interrupted;
  } finally {
    terminal.progress.clear();
    interrupt.release();
  }
}
