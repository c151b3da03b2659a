import { firstEndingAfter } from '../data/atoms.ts';
import { gapsOf, IDLE_REASONS, idleReason } from '../data/idle.ts';
import { beginOf } from '../data/requests.ts';
import { hasTpc, type SetWords } from '../data/tpc-classes.ts';
import { h } from './dom.ts';
import { requestAt } from './draw-requests.ts';
import { digits, formatMoment, formatShare, formatTime, shortKernel } from './format.ts';
import { type Track, trackAt } from './layout.ts';
import type { Span } from './navigator.ts';
import type { ColumnCache, PlotRun, PlotState } from './plot.ts';
import type { Selection } from './selection.ts';
import { tenantColour } from './theme.ts';

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
}

/** What is at `x`, `y` (CSS pixels from the top of all tracks). */
export function hitTest(
  state: PlotState,
  cache: ColumnCache,
  x: number,
  y: number,
  width: number,
): Hit | undefined {
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
  };
  if (track.kind === 'requests') return hitRequest(state, track, run, x, y, width) ?? nothing;
  if (track.kind !== 'lane') return nothing;
  const { data } = run.open;
  const step = (state.span.to - state.span.from) / width;
  const time = state.span.from + x * step;
  const { shares, idle } = sharesAt(run, track.tpcs, time, step, cache);
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
      shares,
      idleShare: idle,
    };
  }
  const gap = gapsOf(data, data.atoms.classes.ofTpc[tpc] as number, time, time + 1)[0];
  if (gap === undefined) return { ...nothing, shares, idleShare: idle };
  const reason = idleReason(data, run.depths, tpc, gap);
  return {
    ...nothing,
    selection: { kind: 'idle', run: run.open, tpc, gap, reason },
    span: gap,
    shares,
    idleShare: idle,
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

/** Exact shares of the TPCs within the pixel around a moment. */
function sharesAt(
  run: PlotRun,
  tpcs: readonly number[],
  time: number,
  step: number,
  _cache: ColumnCache,
): {
  readonly shares: readonly { readonly tenant: number; readonly share: number }[];
  readonly idle: number;
} {
  const { atoms, sums } = run.open.data;
  if (run.windows === undefined || atoms === undefined || sums === undefined) {
    return { shares: [], idle: 0 };
  }
  const from = Math.max(0, Math.round(time - step / 2));
  const to = Math.max(from + 1, Math.round(time + step / 2));
  const { shares, busy } = heldShares(run, tpcs, from, to);
  return { shares, idle: 1 - busy };
}

/** Share of the time in which each tenant held these TPCs, and in which anybody did. */
export function heldShares(
  run: PlotRun,
  tpcs: readonly number[],
  from: number,
  to: number,
): {
  readonly shares: readonly { readonly tenant: number; readonly share: number }[];
  readonly busy: number;
  readonly stolen: readonly number[];
} {
  const { atoms, sums, tenants } = run.open.data;
  const held = new Array<number>(tenants.length).fill(0);
  const stolenBy = new Array<number>(tenants.length).fill(0);
  if (run.windows === undefined || atoms === undefined || sums === undefined) {
    return { shares: [], busy: 0, stolen: stolenBy };
  }
  const window = run.windows.window(from, to);
  let busy = 0;
  for (const tpc of tpcs) {
    const at = (atoms.classes.ofTpc[tpc] as number) * sums.width;
    let total = 0;
    sums.series.forEach(({ tenant, stolen }, s) => {
      const value = window[at + s] as number;
      held[tenant] = (held[tenant] as number) + value;
      if (stolen) stolenBy[tenant] = (stolenBy[tenant] as number) + value;
      total += value;
    });
    busy += sums.anybody < 0 ? total : (window[at + sums.anybody] as number);
  }
  const whole = Math.max(1, (to - from) * tpcs.length);
  return {
    shares: held.map((value, tenant) => ({ tenant, share: value / whole })),
    busy: busy / whole,
    stolen: stolenBy.map((value) => value / whole),
  };
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
  };
}

/** A few lines on what is under the pointer. */
export function describeHit(state: PlotState, hit: Hit, time: number): HTMLElement[] | undefined {
  const { run, track, selection } = hit;
  const { data } = run.open;
  const at = h('div', { class: 'dim' }, formatMoment(time, state.span.to - state.span.from));
  const swatch = (tenant: number): HTMLElement =>
    h('i', { class: 'swatch', style: `background:${tenantColour(state.theme, tenant)}` });
  const where =
    track.kind !== 'lane'
      ? ''
      : track.level === 'tpc'
        ? `TPC ${track.tpcs[0]} · GPC ${track.gpc}`
        : track.level === 'gpc'
          ? `GPC ${track.gpc}`
          : 'all TPCs';
  const step = state.span.to - state.span.from;
  if (selection?.kind === 'request') {
    const { requests } = data;
    if (requests === undefined) return undefined;
    const i = selection.index;
    const tenant = data.tenants.findIndex((_, t) => i < (requests.starts[t + 1] as number));
    const begin = beginOf(requests, i);
    const end = requests.end[i] as number;
    const until = Number.isNaN(end) ? data.durationNs : end;
    const waited = (Number.isNaN(begin) ? until : begin) - (requests.arrival[i] as number);
    return [
      h(
        'div',
        {},
        swatch(tenant),
        `${data.tenants[tenant]?.name}: request ${Number.isNaN(requests.number[i] as number) ? 'that never completed' : requests.number[i]}`,
      ),
      h(
        'div',
        {},
        `waited ${formatTime(waited)}${Number.isNaN(begin) ? '' : `, ran ${formatTime(until - begin)}`}`,
      ),
      h(
        'div',
        { class: requests.missed[i] === 1 ? 'bad' : 'dim' },
        requests.missed[i] === 1 ? 'missed an objective' : 'within its objectives',
      ),
    ];
  }
  if (track.kind === 'lane' && hit.shares !== undefined) {
    const span = hit.span === undefined ? 0 : hit.span.to - hit.span.from;
    const isWide = (span / step) * 900 >= 2;
    if (selection?.kind === 'atom' && isWide) {
      const atoms = data.atoms?.tracks[selection.track];
      const kernel = data.atoms?.kernels[atoms?.kernel[selection.index] as number] ?? '';
      const stolen = data.atoms?.keys[atoms?.key[selection.index] as number]?.stolen;
      return [
        h(
          'div',
          {},
          swatch(atoms?.tenant ?? 0),
          `${data.tenants[atoms?.tenant ?? 0]?.name}: ${shortKernel(kernel)}`,
        ),
        h('div', {}, `${formatTime(span)}${stolen ? ' · on stolen TPCs' : ''}`),
        h('div', { class: 'dim' }, where),
        at,
      ];
    }
    if (selection?.kind === 'idle' && isWide) {
      const { title, meaning } = IDLE_REASONS[selection.reason];
      return [
        h('div', {}, `idle for ${formatTime(span)}: ${title}`),
        h('div', { class: 'dim' }, meaning),
        h('div', { class: 'dim' }, where),
        at,
      ];
    }
    return [
      h('div', { class: 'dim' }, `${where}, ${formatTime(step / 900)} a pixel`),
      ...hit.shares
        .filter(({ share }) => share > 0)
        .map(({ tenant, share }) =>
          h('div', {}, swatch(tenant), `${data.tenants[tenant]?.name} held ${formatShare(share)}`),
        ),
      h('div', {}, `idle ${formatShare(Math.max(0, hit.idleShare))}`),
      at,
    ];
  }
  if (track.kind === 'held') {
    const all = [...data.ownerOfTpc.keys()];
    const half = step / 1800;
    const { shares } = heldShares(
      run,
      all,
      Math.max(0, Math.round(time - half)),
      Math.round(time + half) + 1,
    );
    return [
      ...shares.map(({ tenant, share }) =>
        h(
          'div',
          {},
          swatch(tenant),
          `${data.tenants[tenant]?.name}: ${digits(share * all.length)} TPCs, quota ${data.tenants[tenant]?.quotaTpcs}`,
        ),
      ),
      at,
    ];
  }
  if ((track.kind === 'counter' || track.kind === 'queue') && data.counters !== undefined) {
    const { counters } = data;
    let i = 0;
    while (i + 1 < counters.time.length && (counters.time[i + 1] as number) <= time) i += 1;
    const value = (name: string): number => counters.columns.get(name)?.[i] ?? 0;
    if (track.kind === 'counter') {
      const unit = track.column === 'power_w' ? 'W' : 'MHz';
      return [h('div', {}, `${digits(value(track.column))} ${unit}`), at];
    }
    return [
      ...data.tenants.map(({ name }, t) =>
        h('div', {}, swatch(t), `${name}: ${digits(value(`${track.which}_${name}`))}`),
      ),
      at,
    ];
  }
  return undefined;
}
