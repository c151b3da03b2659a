import type {
  ExperimentDefinition,
  ExperimentResult,
  Findings,
  ResultTable,
} from '../experiments/types.ts';
import { cellText, claimCells } from './experiment-table.ts';
import { chartSvg } from './svg-chart.ts';

/**
 * The files of an experiment, by name: `claims.json`, `tables.md`, each table as CSV, and each chart as
 * SVG. The same findings give the same bytes.
 */
export function experimentFiles(
  definition: ExperimentDefinition,
  result: ExperimentResult,
  findings: Findings,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set('claims.json', `${JSON.stringify(result, undefined, 2)}\n`);
  files.set('tables.md', markdown(definition, result, findings));
  for (const table of findings.tables) files.set(`${table.id}.csv`, csv(table));
  for (const chart of findings.charts) files.set(`${chart.id}.svg`, chartSvg(chart));
  return files;
}

function markdown(
  { title, section, setup }: ExperimentDefinition,
  { quick, seeds, claims }: ExperimentResult,
  { tables, charts }: Findings,
): string {
  const runs = `Seeds: ${seeds.join(', ')}.${quick ? ' A quick look: short runs.' : ''}`;
  const head = ['claim', 'paper', 'ours', '± 95 %', 'unit', 'verdict', 'note'];
  return `${[
    `# ${title}`,
    `LithOS, section ${section}. ${runs}`,
    setup.map((text) => `- ${text}`).join('\n'),
    markdownTable(head, claims.map(claimCells)),
    ...tables.flatMap((table) => [
      `## ${table.title}`,
      markdownTable(
        table.columns.map((column) => column.title),
        table.rows.map((row) => table.columns.map((column, c) => cellText(row[c], column))),
      ),
    ]),
    ...charts.map((chart) => `![${chart.title}](${chart.id}.svg)`),
  ].join('\n\n')}\n`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** RFC 4180, numbers in full. */
function csv({ columns, rows }: ResultTable): string {
  const field = (value: string | number | undefined): string => {
    const text = value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map((column) => column.title), ...rows]
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('');
}
