import type { Atoms } from '../data/atoms.ts';
import { dimsHeld, type Filter } from '../data/filter.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { type Depth, depthOf } from '../data/requests.ts';
import type { Series, Sums } from '../data/sums.ts';
import { WindowSums, type Windows } from '../data/window.ts';
import { greatest } from './draw-counters.ts';
import { copyLane, type LaneColours, type Pixels, rasterLane, wordOf } from './lane-raster.ts';
import type { Track } from './layout.ts';
import type { Span } from './navigator.ts';
import type { Selection } from './selection.ts';
import { laneShares, weightsOf } from './shares.ts';
import { mix, type Theme, tenantColour } from './theme.ts';

/** A run with what its drawing needs. */
export interface PlotRun {
  /** Tells it from other runs of the page; a run that goes on has the same one in every report. */
  readonly id: string;
  readonly open: OpenRun;
  /** Its atoms and their sums, those that a filter dims apart from the others. */
  readonly atoms: Atoms | undefined;
  readonly sums: Sums | undefined;
  readonly windows: Windows | undefined;
  /** Queue of each tenant over time. */
  readonly depths: readonly Depth[];
  /** Scales of the counters. */
  readonly most: Readonly<Record<string, number>>;
}

let given = 0;

/** An id that no other run of the page has. */
export function newRunId(): string {
  given += 1;
  return `run${given}`;
}

export function plotRun(open: OpenRun, id = newRunId()): PlotRun {
  const { data } = open;
  const { atoms, sums, requests, counters, tenants } = data;
  const column = (name: string): Float64Array | undefined => counters?.columns.get(name);
  const perTenant = (what: string): number =>
    greatest(tenants.map(({ name }) => column(`${what}_${name}`)));
  return {
    id,
    open,
    atoms,
    sums,
    windows: atoms && sums && new WindowSums(atoms, sums),
    depths: requests === undefined ? [] : tenants.map((_, t) => depthOf(requests, t)),
    most: {
      launches_queued: perTenant('launches_queued'),
      atoms_in_flight: perTenant('atoms_in_flight'),
      sm_clock_mhz: greatest([column('sm_clock_mhz')]),
      power_w: greatest([column('power_w')]),
    },
  };
}

/** All that a picture of the timeline depends on. */
export interface PlotState {
  readonly runs: readonly PlotRun[];
  readonly tracks: readonly Track[];
  readonly span: Span;
  readonly theme: Theme;
  readonly hiddenTenants: ReadonlySet<string>;
  readonly filter: Filter;
  readonly selection: Selection | undefined;
  readonly requestLanes: ReadonlyMap<string, number>;
  /** Moments that were marked, ns. */
  readonly marks: readonly number[];
}

/** Sums of a run for the pixel columns of the picture. */
export interface ColumnSums {
  readonly edges: Float64Array;
  readonly sums: Float64Array;
}

/** The borders of `columns` pixel columns: whole ns, except where a pixel is only a few of them. */
export function edgesOf(span: Span, columns: number): Float64Array {
  const step = (span.to - span.from) / columns;
  const round = step >= 4 ? Math.round : (x: number): number => x;
  return Float64Array.from({ length: columns + 1 }, (_, i) => round(span.from + i * step));
}

/** Whether a series of a run is filtered out, or its tenant is. */
export function isGrey(
  run: PlotRun,
  { tenant, stolen, dimmed }: Series,
  { hiddenTenants, filter }: Pick<PlotState, 'hiddenTenants' | 'filter'>,
): boolean {
  const { name } = run.open.data.tenants[tenant] ?? {};
  return dimmed || dimsHeld(filter, stolen) || (name !== undefined && hiddenTenants.has(name));
}

/** Colours of a run's series; what is filtered out is grey. */
export function laneColours(run: PlotRun, state: PlotState): LaneColours {
  const { theme } = state;
  const series = run.sums?.series ?? [];
  const { tenants } = run.open.data;
  return {
    series: series.map((one) =>
      isGrey(run, one, state)
        ? mix(theme.lane, theme.muted, 0.25)
        : tenantColour(theme, tenants[one.tenant]?.name),
    ),
    striped: series.map(({ stolen }) => stolen),
    idle: theme.lane,
  };
}

/** Column sums, kept while neither the span nor the width changes. */
export class ColumnCache {
  private readonly kept = new WeakMap<PlotRun, { key: string; columns: ColumnSums }>();

  of(run: PlotRun, span: Span, count: number): ColumnSums | undefined {
    const { windows } = run;
    if (windows === undefined) return undefined;
    const key = `${span.from} ${span.to} ${count}`;
    const before = this.kept.get(run);
    if (before?.key === key) return before.columns;
    const edges = edgesOf(span, count);
    const size = count * windows.cells;
    const sums =
      before?.columns.sums.length === size ? before.columns.sums : new Float64Array(size);
    windows.columns(edges, sums);
    const columns = { edges, sums };
    this.kept.set(run, { key, columns });
    return columns;
  }
}

/**
 * Draws all occupancy tracks that are within `top` to `top + height` (CSS pixels) into pixels whose
 * rows begin at `top`.
 * @param ratio device pixels a CSS pixel
 */
export function rasterTracks(
  pixels: Pixels,
  state: PlotState,
  cache: ColumnCache,
  view: { readonly top: number; readonly height: number; readonly ratio: number },
): void {
  const { top, height, ratio } = view;
  pixels.words.fill(wordOf(state.theme.background));
  const columns = pixels.width;
  // Lanes of one class and height are equal: drawn once, then copied.
  const drawn = new Map<string, number>();
  let shares = new Float64Array(0);
  for (const track of state.tracks) {
    if (track.kind !== 'lane' && track.kind !== 'held') continue;
    if (track.y + track.height < top || track.y > top + height) continue;
    const run = state.runs[track.run] as PlotRun;
    const { atoms, sums } = run;
    const found = cache.of(run, state.span, columns);
    if (atoms === undefined || sums === undefined || found === undefined) continue;
    const y = Math.round((track.y - top) * ratio);
    const laneHeight = Math.round(track.height * ratio);
    const tpcs = track.kind === 'lane' ? track.tpcs : run.open.data.ownerOfTpc.keys();
    const weights = weightsOf(atoms, tpcs);
    const isWhole = y >= 0 && y + laneHeight <= pixels.height;
    const key = `${track.run} ${laneHeight} ${weights.join()}`;
    const before = drawn.get(key);
    if (before !== undefined && isWhole) {
      copyLane(pixels, { x: 0, y: before, height: laneHeight }, y, columns);
      continue;
    }
    const size = columns * sums.series.length;
    if (shares.length < size) shares = new Float64Array(size);
    laneShares(atoms, sums, weights, found, shares);
    rasterClipped(pixels, y, laneHeight, shares, columns, laneColours(run, state));
    if (isWhole) drawn.set(key, y);
  }
}

/** A lane that may reach beyond the pixels is drawn aside, and what fits is copied. */
function rasterClipped(
  pixels: Pixels,
  y: number,
  height: number,
  shares: Float64Array,
  columns: number,
  colours: LaneColours,
): void {
  if (y >= 0 && y + height <= pixels.height) {
    rasterLane(pixels, { x: 0, y, height }, shares, columns, colours);
    return;
  }
  const aside = { words: new Uint32Array(columns * height), width: columns, height };
  rasterLane(aside, { x: 0, y: 0, height }, shares, columns, colours);
  const first = Math.max(0, -y);
  const last = Math.min(height, pixels.height - y);
  if (last <= first) return;
  pixels.words.set(
    aside.words.subarray(first * columns, last * columns),
    (y + first) * pixels.width,
  );
}
