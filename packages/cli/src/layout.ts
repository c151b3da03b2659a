const GAP = '  ';
/** A last column narrower than this goes beyond the line rather than being wrapped. */
const MIN_LAST = 24;

/**
 * Lays rows out in columns; the last column is wrapped to the width of the line.
 * @param right columns that are aligned to the right; of use for all but the last
 */
export function columns(
  rows: readonly (readonly string[])[],
  width: number,
  right: readonly number[] = [],
): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, c) =>
    Math.max(...rows.map((row) => row[c]?.length ?? 0)),
  );
  const lead = widths.slice(0, -1).reduce((sum, w) => sum + w + GAP.length, 0);
  const last = Math.max(MIN_LAST, width - lead);
  return rows
    .flatMap((row) => {
      const cells = row.slice(0, count - 1).map((cell, c) => {
        const size = widths[c] ?? 0;
        return (right.includes(c) ? cell.padStart(size) : cell.padEnd(size)) + GAP;
      });
      const [first = '', ...more] = wrap(row[count - 1] ?? '', last);
      return [`${cells.join('')}${first}`, ...more.map((line) => ' '.repeat(lead) + line)];
    })
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Breaks text at spaces into lines of at most `width` characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** Text cut to `width` characters. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}
