import { GENERATORS } from '@lithos/traces';
import { locateTrace, TRACES, traceEntry } from '@lithos/traces/node';
import type { Command } from 'commander';
import { columns } from '../layout.ts';
import { shorter } from '../scenario-files.ts';
import type { Terminal } from '../terminal.ts';
import { showTrace } from '../trace-info.ts';
import { pull } from '../trace-pull.ts';

interface Flags {
  readonly json?: boolean;
  readonly lenient?: boolean;
}

/** `lithos traces`. */
export function addTraces(program: Command, terminal: Terminal): void {
  const traces = program.command('traces').description('recorded arrival traces and generators');
  traces
    .command('list')
    .description('list the traces, and where each is on this machine')
    .option('--json', 'print one JSON object')
    .action((flags: Flags) => list(terminal, flags.json === true));
  traces
    .command('info')
    .description('source, licence and statistics of a trace')
    .argument('<id>', 'a trace')
    .option('--lenient', 'skip and count unsound rows instead of refusing the file')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: Flags) =>
      showTrace(terminal, traceEntry(id), flags.lenient === true, flags.json === true),
    );
  traces
    .command('pull')
    .description('download a trace from its publisher into the cache, checked and resumable')
    .argument('<id>', 'a trace')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: Flags) => pull(terminal, traceEntry(id), flags.json === true));
}

async function list(terminal: Terminal, json: boolean): Promise<void> {
  const traces = await Promise.all(
    TRACES.map(async (entry) => ({ ...entry, path: await locateTrace(entry) })),
  );
  const generators = GENERATORS.map(({ id }) => ({ id, fitted_to: id }));
  if (json) {
    terminal.json({ schema: 'lithos/traces@1', traces, generators });
    return;
  }
  const { bold } = terminal.paint;
  terminal.print(bold('recorded (arrivals: { trace: ID })'));
  const rows = traces.flatMap(({ id, title, path }) => [
    [`  ${id}`, title],
    ['', path === undefined ? `not here: lithos traces pull ${id}` : shorter(path)],
  ]);
  terminal.print(columns(rows, terminal.width));
  terminal.print(bold('\nbuilt in (arrivals: { generator: ID })'));
  const built = generators.map(({ id }) => [`  ${id}`, 'a generator fitted to the trace']);
  terminal.print(columns(built, terminal.width));
}
