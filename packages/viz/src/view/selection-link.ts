import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';

/** A selection as a link keeps it: `atom:RUN:ROW`, `request:RUN:INDEX` or `range:FROM:TO`. */
export function linkOfSelection(
  selection: Selection,
  runs: readonly PlotRun[],
): string | undefined {
  switch (selection.kind) {
    case 'range':
      return `range:${Math.round(selection.from)}:${Math.round(selection.to)}`;
    case 'idle':
      return undefined;
    case 'request':
      return `request:${indexOf(runs, selection)}:${selection.index}`;
    case 'atom': {
      const row = selection.run.data.atoms?.tracks[selection.track]?.row[selection.index];
      return row === undefined ? undefined : `atom:${indexOf(runs, selection)}:${row}`;
    }
  }
}

/** What a link selects; `undefined` if these runs do not have it. */
export function selectionOfLink(text: string, runs: readonly PlotRun[]): Selection | undefined {
  const [kind, a, b] = text.split(':');
  const first = Number(a);
  const second = Number(b);
  if (kind === 'range' && second > first) return { kind, from: first, to: second };
  const run = runs[first]?.open;
  if (run === undefined || !Number.isInteger(second) || second < 0) return undefined;
  if (kind === 'request') {
    const { requests } = run.data;
    return requests !== undefined && second < requests.count
      ? { kind, run, index: second }
      : undefined;
  }
  if (kind !== 'atom' || run.data.atoms === undefined) return undefined;
  for (const [track, { row }] of run.data.atoms.tracks.entries()) {
    const index = row.indexOf(second);
    if (index >= 0) return { kind, run, track, index };
  }
  return undefined;
}

function indexOf(
  runs: readonly PlotRun[],
  { run }: Extract<Selection, { readonly run: unknown }>,
): number {
  return runs.findIndex(({ open }) => open === run);
}
