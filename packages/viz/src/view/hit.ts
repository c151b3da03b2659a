import { firstEndingAfter } from '../data/atom-tracks.ts';
import { gapsOf, idleReason } from '../data/idle.ts';
import { hasTpc, type SetWords } from '../data/tpc-classes.ts';
import { requestAt } from './draw-requests.ts';
import { sharesAt } from './held-shares.ts';
import { type Track, trackAt } from './layout.ts';
import type { Span } from './navigator.ts';
import { isGrey, type PlotRun, type PlotState } from './plot.ts';
import type { Selection } from './selection.ts';

/** What is at a place of the timeline. */
export interface Hit {
  readonly track: Track;
  readonly run: PlotRun;
  readonly selection: Selection | undefined;
  /** From when to when it lasts, if it is one thing. */
  readonly span: Span | undefined;
  /** Exact shares of the pixel, for lanes in which atoms are narrower than one. */
  readonly shares: readonly { readonly tenant: number; readonly share: number }[] | undefined;
  readonly idleShare: number;
  /** What of the shares matches the filter. */
  readonly matchingShare: number;
}

/** What is at `x`, `y` (CSS pixels from the top of all tracks). */
export function hitTest(state: PlotState, x: number, y: number, width: number): Hit | undefined {
  const track = trackAt(state.tracks, y);
  if (track === undefined || x < 0 || x > width) return undefined;
  const run = state.runs[track.run] as PlotRun;
  const nothing = {
    track,
    run,
    selection: undefined,
    span: undefined,
    shares: undefined,
    idleShare: 0,
    matchingShare: 0,
  };
  if (track.kind === 'requests') return hitRequest(state, track, run, x, y, width) ?? nothing;
  if (track.kind !== 'lane') return nothing;
  const { data } = run.open;
  const step = (state.span.to - state.span.from) / width;
  const time = state.span.from + x * step;
  const { shares, idle, matching } = sharesAt(
    run,
    track.tpcs,
    time,
    step,
    (series) => !isGrey(run, series, state),
  );
  const figures = { shares, idleShare: idle, matchingShare: matching };
  if (data.atoms === undefined) return nothing;
  const [tpc] = track.tpcs;
  if (tpc === undefined) return nothing;
  const found = track.tpcs
    .map((one) => atomAt(run, one, time, step))
    .find((one) => one !== undefined);
  if (found !== undefined) {
    const atoms = data.atoms.tracks[found.track];
    return {
      ...nothing,
      selection: { kind: 'atom', run: run.open, ...found },
      span: atoms && {
        from: atoms.start[found.index] as number,
        to: atoms.end[found.index] as number,
      },
      ...figures,
    };
  }
  const gap = gapsOf(data, data.atoms.classes.ofTpc[tpc] as number, time, time + 1)[0];
  if (gap === undefined) return { ...nothing, ...figures };
  const reason = idleReason(data, run.depths, tpc, gap);
  return {
    ...nothing,
    selection: { kind: 'idle', run: run.open, tpc, gap, reason },
    span: gap,
    ...figures,
  };
}

/** The atom on a TPC at a moment: the one under the point, or the next within half a pixel. */
function atomAt(
  run: PlotRun,
  tpc: number,
  time: number,
  step: number,
): { readonly track: number; readonly index: number; readonly tpc: number } | undefined {
  const atoms = run.open.data.atoms;
  if (atoms === undefined) return undefined;
  let best: { track: number; index: number; tpc: number } | undefined;
  let bestStart = Number.NEGATIVE_INFINITY;
  atoms.tracks.forEach((track, t) => {
    const i = firstEndingAfter(track, time - step / 2);
    const start = track.start[i];
    if (start === undefined || start > time + step / 2 || start < bestStart) return;
    const key = atoms.keys[track.key[i] as number];
    if (key === undefined || !hasTpc(atoms.sets[key.set] as SetWords, tpc)) return;
    best = { track: t, index: i, tpc };
    bestStart = start;
  });
  return best;
}

function hitRequest(
  state: PlotState,
  track: Extract<Track, { kind: 'requests' }>,
  run: PlotRun,
  x: number,
  y: number,
  width: number,
): Hit | undefined {
  const { requests, durationNs, tenants } = run.open.data;
  if (requests === undefined) return undefined;
  const rows = state.requestLanes.get(tenants[track.tenant]?.name ?? '') ?? 1;
  const view = { requests, tenant: track.tenant, span: state.span, rows, durationNs, selected: -1 };
  const box = { x: 0, y: track.y, width, height: track.height };
  const index = requestAt(view, box, x, y);
  if (index < 0) return undefined;
  const end = requests.end[index] as number;
  return {
    track,
    run,
    selection: { kind: 'request', run: run.open, index },
    span: { from: requests.arrival[index] as number, to: Number.isNaN(end) ? durationNs : end },
    shares: undefined,
    idleShare: 0,
    matchingShare: 0,
  };
}
