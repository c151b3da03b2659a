import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';

/**
 * A selection as a link keeps it: `atom:RUN:ROW`, `request:RUN:INDEX` or `range:FROM:TO`, where RUN
 * counts the runs that a link keeps; `undefined` for what no link keeps.
 */
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
    case 'atom': {
      const run = linkable(runs).findIndex(({ open }) => open === selection.run);
      const place = selection.kind === 'request' ? selection.index : rowOf(selection);
      return run < 0 || place === undefined ? undefined : `${selection.kind}:${run}:${place}`;
    }
  }
}

/** What a link selects; `undefined` if these runs do not have it. */
export function selectionOfLink(text: string, runs: readonly PlotRun[]): Selection | undefined {
  const [kind, a, b] = text.split(':');
  const first = Number(a);
  const second = Number(b);
  if (kind === 'range' && second > first) return { kind, from: first, to: second };
  const run = linkable(runs)[first]?.open;
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

/** The runs that a link keeps: those that have an address. */
function linkable(runs: readonly PlotRun[]): readonly PlotRun[] {
  return runs.filter(({ open }) => open.source.kind === 'url');
}

function rowOf({ run, track, index }: Extract<Selection, { kind: 'atom' }>): number | undefined {
  return run.data.atoms?.tracks[track]?.row[index];
}
