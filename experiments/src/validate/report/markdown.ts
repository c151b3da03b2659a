/** A Markdown table; columns named in `right` are aligned to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (right.includes(i) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export const percent = (x: number, digits = 1): string => `${x.toFixed(digits)} %`;

/** An error with its sign. */
export const signed = (x: number): string => `${x > 0 ? '+' : ''}${x.toFixed(1)} %`;

/** About four digits. */
export const figure = (x: number): string =>
  Math.abs(x) >= 1000 ? x.toFixed(0) : `${Number(x.toPrecision(4))}`;
