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
    const right = (rows[1] ?? []).map((rule) => /^-{3,}:$/.test(rule));
    const line = (row) =>
      `| ${row.map((cell, c) => padded(cell, widths[c], right[c])).join(' | ')} |`;
    return rows.map(line).join('\n') + end;
  });
}

/** A cell as wide as its column; dashes for the line below the head. */
function padded(cell, width, right) {
  if (!/^:?-{3,}:?$/.test(cell)) return right ? cell.padStart(width) : cell.padEnd(width);
  const [begin, end] = [cell.startsWith(':') ? ':' : '', cell.endsWith(':') ? ':' : ''];
  return begin + '-'.repeat(width - begin.length - end.length) + end;
}
