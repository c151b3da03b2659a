import { firstEndingAfter } from '../data/atom-tracks.ts';
import { type Gap, gapsOf, idleReason } from '../data/idle.ts';
import { tpcsOf } from '../data/tpc-classes.ts';
import type { Span } from './navigator.ts';
import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';

type AtomSelection = Extract<Selection, { kind: 'atom' }>;

/** Something to select, and when it is. */
export interface Found {
  readonly selection: Selection;
  readonly span: Span;
}

/** The previous (-1) or next (1) atom of the selected one's stream; without one, that at `time`. */
export function stepAtom(
  runs: readonly PlotRun[],
  selection: Selection | undefined,
  time: number,
  by: number,
): Found | undefined {
  if (selection?.kind !== 'atom') {
    const run = runs.find(
      ({ open }) => selection !== undefined && 'run' in selection && open === selection.run,
    );
    return nearest(run === undefined ? runs : [run], time);
  }
  return atomOf({ ...selection, index: selection.index + by });
}

/** The atom of the previous or next stream, through all runs, at the time of the selected one. */
export function stepStream(
  runs: readonly PlotRun[],
  selection: Selection | undefined,
  time: number,
  by: number,
): Found | undefined {
  if (selection?.kind !== 'atom') return nearest(runs, time);
  const streams = runs.flatMap(({ open }) =>
    (open.data.atoms?.tracks ?? []).map((_, track) => ({ run: open, track })),
  );
  const at = streams.findIndex(
    ({ run, track }) => run === selection.run && track === selection.track,
  );
  const when = atomOf(selection)?.span.from ?? time;
  for (let n = 1; n < streams.length; n++) {
    const { run, track } = streams[(at + n * by + n * streams.length) % streams.length] as {
      readonly run: PlotRun['open'];
      readonly track: number;
    };
    const atoms = run.data.atoms?.tracks[track];
    if (atoms === undefined) continue;
    const index = Math.min(atoms.start.length - 1, firstEndingAfter(atoms, when));
    const found = atomOf({ kind: 'atom', run, track, index });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The next idle stretch of the selected TPC, or of the first one; from its beginning at the end. */
export function nextIdle(
  runs: readonly PlotRun[],
  selection: Selection | undefined,
  time: number,
): Found | undefined {
  const chosen = selection?.kind === 'atom' || selection?.kind === 'idle' ? selection : undefined;
  const run = runs.find(({ open }) => open === chosen?.run) ?? runs[0];
  const data = run?.open.data;
  if (run === undefined || data?.atoms === undefined) return undefined;
  const tpc = chosen === undefined ? 0 : tpcOf(chosen);
  const from =
    chosen === undefined
      ? time
      : chosen.kind === 'idle'
        ? chosen.gap.to
        : (atomOf(chosen)?.span.from ?? time);
  const tpcClass = data.atoms.classes.ofTpc[tpc] ?? 0;
  // Windows that grow: a run may be busy for long.
  for (let length = 1e6; ; length *= 8) {
    const to = Math.min(data.durationNs, from + length);
    const gap = gapsOf(data, tpcClass, from, to).find((one) => one.from >= from);
    if (gap !== undefined) return idle(run, tpc, gap);
    if (to >= data.durationNs) return undefined;
  }
}

function idle(run: PlotRun, tpc: number, gap: Gap): Found {
  const reason = idleReason(run.open.data, run.depths, tpc, gap);
  return {
    selection: { kind: 'idle', run: run.open, tpc, gap, reason },
    span: { from: gap.from, to: gap.to },
  };
}

function tpcOf(selection: Exclude<Selection, { kind: 'request' | 'range' }>): number {
  if (selection.kind === 'idle') return selection.tpc;
  const atoms = selection.run.data.atoms;
  const key = atoms?.keys[atoms.tracks[selection.track]?.key[selection.index] as number];
  const words = key && atoms?.sets[key.set];
  return selection.tpc ?? (words === undefined ? 0 : (tpcsOf(words)[0] ?? 0));
}

/** Of the first run that has atoms, the atom that runs at a moment, or the next one. */
function nearest(runs: readonly PlotRun[], time: number): Found | undefined {
  for (const { open } of runs) {
    let best: Found | undefined;
    (open.data.atoms?.tracks ?? []).forEach((atoms, track) => {
      const index = Math.min(atoms.start.length - 1, firstEndingAfter(atoms, time));
      const found = atomOf({ kind: 'atom', run: open, track, index });
      const away = (one: Found): number =>
        Math.max(0, one.span.from - time) + Math.max(0, time - one.span.to);
      if (found !== undefined && (best === undefined || away(found) < away(best))) best = found;
    });
    if (best !== undefined) return best;
  }
  return undefined;
}

function atomOf(selection: AtomSelection): Found | undefined {
  const track = selection.run.data.atoms?.tracks[selection.track];
  const from = track?.start[selection.index];
  const to = track?.end[selection.index];
  return from === undefined || to === undefined ? undefined : { selection, span: { from, to } };
}
