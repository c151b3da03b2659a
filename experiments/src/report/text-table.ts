import { type Paint, PLAIN } from './paint.ts';

/** A cell: its text, and how it is painted once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** A column. Of the columns that may go, those with the lowest `keep` go first. */
export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Infinity for a column that always stays. */
  readonly keep: number;
}

export interface TextRow {
  /** One per column; missing ones are empty. */
  readonly cells: readonly Cell[];
  /** Text in place of the cells after the given ones. */
  readonly note?: Cell;
  /** An empty line goes before the row. */
  readonly gap?: boolean;
}

const SEPARATOR = '  ';

/**
 * Lays rows out in columns, at most `width` characters wide: columns without a text are left out,
 * then columns that may go, and notes are wrapped.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly TextRow[],
  width: number,
  paint: Paint = PLAIN,
): string {
  const widths = columns.map(({ title }, c) => {
    const longest = Math.max(0, ...rows.map((row) => row.cells[c]?.text.length ?? 0));
    return longest === 0 ? 0 : Math.max(longest, title.length);
  });
  const shown = chooseColumns(columns, widths, width);
  const line = (cells: readonly Cell[]): string =>
    shown
      .map((c) => {
        const { text = '', paint: painted } = cells[c] ?? {};
        const space = ' '.repeat(Math.max(0, (widths[c] ?? 0) - text.length));
        const body = painted === undefined ? text : painted(text);
        return columns[c]?.align === 'right' ? space + body : body + space;
      })
      .join(SEPARATOR)
      .trimEnd();
  const header = line(columns.map(({ title }) => ({ text: title, paint: paint.dim })));
  const body = rows.flatMap((row) => {
    const own = row.note === undefined ? [line(row.cells)] : noteLines(row, shown, widths, width);
    return row.gap === true ? ['', ...own] : own;
  });
  return [header, ...body].join('\n');
}

/** Indexes of the columns that have text and fit. */
function chooseColumns(
  columns: readonly TextColumn[],
  widths: readonly number[],
  width: number,
): readonly number[] {
  const shown = widths.flatMap((size, c) => (size > 0 ? [c] : []));
  const total = (): number =>
    shown.reduce((sum, c) => sum + (widths[c] ?? 0), SEPARATOR.length * (shown.length - 1));
  const removable = shown
    .filter((c) => (columns[c]?.keep ?? 0) < Number.POSITIVE_INFINITY)
    .sort((a, b) => (columns[a]?.keep ?? 0) - (columns[b]?.keep ?? 0));
  for (const c of removable) {
    if (total() <= width) break;
    shown.splice(shown.indexOf(c), 1);
  }
  return shown;
}

/** The row's cells, then its note, wrapped beside them. */
function noteLines(
  { cells, note }: TextRow,
  shown: readonly number[],
  widths: readonly number[],
  width: number,
): readonly string[] {
  const before = shown.filter((c) => c < cells.length);
  const lead = before
    .map((c) => (cells[c]?.text ?? '').padEnd(widths[c] ?? 0) + SEPARATOR)
    .join('');
  const lines = wrap(note?.text ?? '', Math.max(20, width - lead.length));
  return lines.map((text, i) => {
    const body = note?.paint === undefined ? text : note.paint(text);
    if (i > 0) return ' '.repeat(lead.length) + body;
    const painted = before
      .map((c) => {
        const { text: own = '', paint: style } = cells[c] ?? {};
        const space = ' '.repeat(Math.max(0, (widths[c] ?? 0) - own.length));
        return (style === undefined ? own : style(own)) + space + SEPARATOR;
      })
      .join('');
    return painted + body;
  });
}

/** Breaks text at spaces into lines of at most `width` characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
