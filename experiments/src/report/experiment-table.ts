import type { Claim, Findings, ResultColumn, ResultTable } from '../experiments/types.ts';
import { type Paint, PLAIN } from './paint.ts';
import { type Cell, type TextColumn, textTable, wrap } from './text-table.ts';

export interface ExperimentTableOptions {
  readonly width: number;
  readonly paint?: Paint;
}

/** An experiment's claims beside the paper's figures, then its tables, as text. */
export function experimentTable(
  title: string,
  findings: Findings,
  { width, paint = PLAIN }: ExperimentTableOptions,
): string {
  const tables = findings.tables.map(
    (table) => `${paint.bold(table.title)}\n\n${detailTable(table, width, paint)}`,
  );
  return [paint.bold(title), claimTable(findings.claims, width, paint), ...tables].join('\n\n');
}

const CLAIM_COLUMNS: readonly TextColumn[] = [
  { title: 'claim', align: 'left', keep: Number.POSITIVE_INFINITY },
  { title: 'paper', align: 'right', keep: Number.POSITIVE_INFINITY },
  { title: 'ours', align: 'right', keep: Number.POSITIVE_INFINITY },
  { title: '± 95 %', align: 'right', keep: Number.POSITIVE_INFINITY },
  { title: 'unit', align: 'left', keep: Number.POSITIVE_INFINITY },
  { title: '', align: 'left', keep: Number.POSITIVE_INFINITY },
];

function claimTable(claims: readonly Claim[], width: number, paint: Paint): string {
  const rows = claims.map((claim) => ({
    cells: claimCells(claim)
      .slice(0, VERDICT + 1)
      .map((text, c): Cell => {
        if (c !== VERDICT) return { text };
        return { text, paint: claim.meets ? paint.good : paint.bad };
      }),
  }));
  const notes = claims.flatMap(({ id, note }) =>
    note === undefined ? [] : wrap(`${id}: ${note}.`, width),
  );
  const table = textTable(CLAIM_COLUMNS, rows, width, paint);
  return notes.length === 0 ? table : `${table}\n\n${notes.join('\n')}`;
}

/** Index of the verdict in `claimCells`. */
const VERDICT = 5;

/** A claim as cells of text: id, the paper's figure, ours, interval, unit, verdict, note. */
export function claimCells(claim: Claim): readonly string[] {
  return [
    claim.id,
    `${claim.better === 'lower' ? '≤' : '≥'} ${claim.paper}`,
    `${claim.ours}`,
    claim.ci95 === undefined ? '' : `${claim.ci95}`,
    claim.unit,
    claim.meets ? 'met' : 'missed',
    claim.note ?? '',
  ];
}

function detailTable(table: ResultTable, width: number, paint: Paint): string {
  const columns = table.columns.map(
    ({ title, digits }): TextColumn => ({
      title,
      align: digits === undefined ? 'left' : 'right',
      keep: Number.POSITIVE_INFINITY,
    }),
  );
  const rows = table.rows.map((row) => ({
    cells: table.columns.map((column, c) => ({ text: cellText(row[c], column) })),
  }));
  return textTable(columns, rows, width, paint);
}

/** A value as its column shows it; empty if there is none. */
export function cellText(value: string | number | undefined, { digits }: ResultColumn): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.toFixed(digits ?? 0);
}
