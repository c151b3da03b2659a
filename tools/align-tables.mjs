/** Pads the tables of a Markdown text to even columns, as Biome formats them. */
export function alignTables(markdown) {
  return markdown.replace(/^(?:\|.*\|\n?)+/gm, (table) => {
    const end = table.endsWith('\n') ? '\n' : '';
    const rows = table
      .trimEnd()
      .split('\n')
      .map((line) =>
        line
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim()),
      );
    const widths = (rows[0] ?? []).map((_, c) =>
      Math.max(3, ...rows.map((row) => (row[c] ?? '').length)),
    );
    const line = (row) => `| ${row.map((cell, c) => padded(cell, widths[c])).join(' | ')} |`;
    return rows.map(line).join('\n') + end;
  });
}

/** A cell as wide as its column; dashes for the line below the head. */
function padded(cell, width) {
  if (!/^:?-{3,}:?$/.test(cell)) return cell.padEnd(width);
  const [left, right] = [cell.startsWith(':') ? ':' : '', cell.endsWith(':') ? ':' : ''];
  return left + '-'.repeat(width - left.length - right.length) + right;
}
