/** A span in words: `12.3 s`, `15 ms`, `250 us`; three significant digits. */
export function spanText(ms: number): string {
  if (ms >= 1000) return `${digits(ms / 1000)} s`;
  if (ms >= 1) return `${digits(ms)} ms`;
  return `${digits(ms * 1000)} us`;
}

/** So many significant digits, all of the whole part, and no exponent: `1.41`, `12.3`, `1234`. */
export function digits(value: number, significant = 3): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(significant)));
}
