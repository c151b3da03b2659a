import { type ColumnStatistics, type TraceStatistics, traceStatistics } from '@lithos/traces';
import { checkTrace, locateTrace, readAzureLlm, type TraceEntry } from '@lithos/traces/node';
import { columns } from './layout.ts';
import { shorter } from './scenario-files.ts';
import type { Terminal } from './terminal.ts';

/** Prints what is known of a trace, with statistics if the file is on this machine. */
export async function showTrace(
  terminal: Terminal,
  entry: TraceEntry,
  lenient: boolean,
  json: boolean,
): Promise<void> {
  const path = await locateTrace(entry);
  const read = path === undefined ? undefined : await statistics(entry, path, lenient);
  if (json) {
    terminal.json({ schema: 'lithos/trace@1', trace: { ...entry, path }, ...read });
    return;
  }
  terminal.print(`${terminal.paint.bold(entry.id)}: ${entry.title}`);
  const facts = [
    ['  file', path === undefined ? `not here: lithos traces pull ${entry.id}` : shorter(path)],
    ['  address', entry.url],
    ['  size', `${entry.bytes} bytes`],
    ['  sha256', entry.sha256],
    ['  licence', entry.licence],
    ['  cite', entry.citation],
  ];
  const figures = read === undefined ? [] : statisticsRows(read.statistics, read.skipped_rows);
  terminal.print(columns([...facts, ...figures], terminal.width));
}

interface ReadTrace {
  readonly statistics: TraceStatistics;
  readonly skipped_rows: number;
}

async function statistics(entry: TraceEntry, path: string, lenient: boolean): Promise<ReadTrace> {
  await checkTrace(entry, path);
  const { rows, skipped } = await readAzureLlm(path, { lenient });
  return { statistics: traceStatistics(rows), skipped_rows: skipped };
}

function statisticsRows(s: TraceStatistics, skipped: number): readonly (readonly string[])[] {
  const dispersion = s.dispersion
    .map(({ window_s, index }) => `${index.toFixed(1)} in ${window_s} s`)
    .join(', ');
  return [
    ['  rows', skipped === 0 ? `${s.rows}` : `${s.rows}, and ${skipped} skipped`],
    ['  span', `${s.span_s.toFixed(1)} s, ${s.mean_rate_per_s.toFixed(2)} requests/s`],
    ['  gaps', `coefficient of variation ${s.interarrival_cv.toFixed(2)} (Poisson: 1)`],
    ['  counts', `variance over mean ${dispersion} (Poisson: 1)`],
    ['  input', tokens(s.input_tokens)],
    ['  output', tokens(s.output_tokens)],
  ];
}

function tokens({ mean, percentiles }: ColumnStatistics): string {
  const list = percentiles.map(([p, value]) => (p === 100 ? `max ${value}` : `P${p} ${value}`));
  return `mean ${mean.toFixed(0)} tokens; ${list.join(', ')}`;
}
