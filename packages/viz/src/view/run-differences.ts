import type { RunData } from '../data/run-data.ts';

/** What differs between the scenarios of runs, in words; policy, seed and parameters are no matter. */
export function differences(runs: readonly RunData[]): readonly string[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const other of others) {
    compare(first.manifest.scenario, other.manifest.scenario, '', (path, a, b) => {
      if (/^(policies|description|seed)\b/.test(path) || seen.has(path)) return;
      seen.add(path);
      notes.push(`${path}: ${short(a)} and ${short(b)}`);
    });
    if (first.manifest.backend !== other.manifest.backend)
      notes.push('one ran on hardware, the other was simulated');
  }
  return notes;
}

function compare(
  a: unknown,
  b: unknown,
  path: string,
  report: (path: string, a: unknown, b: unknown) => void,
): void {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (a !== b) report(path, a, b);
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const name = Array.isArray(a) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    compare((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], name, report);
  }
}

function short(value: unknown): string {
  const text =
    value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
