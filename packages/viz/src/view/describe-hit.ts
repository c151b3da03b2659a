import { isStolen } from '../data/atom-keys.ts';
import { conditionsOf } from '../data/filter.ts';
import { IDLE_REASONS } from '../data/idle.ts';
import { beginOf } from '../data/requests.ts';
import { h } from './dom.ts';
import {
  digits,
  formatMoment,
  formatReading,
  formatShare,
  formatTime,
  shortKernel,
} from './format.ts';
import { heldShares } from './held-shares.ts';
import type { Hit } from './hit.ts';
import type { PlotState } from './plot.ts';
import { tenantColour } from './theme.ts';

/** A few lines on what is under the pointer. */
export function describeHit(state: PlotState, hit: Hit, time: number): HTMLElement[] | undefined {
  const { run, track, selection } = hit;
  const { data } = run.open;
  const at = h('div', { class: 'dim' }, formatMoment(time, state.span.to - state.span.from));
  const swatch = (tenant: number): HTMLElement =>
    h('i', {
      class: 'swatch',
      style: `background:${tenantColour(state.theme, data.tenants[tenant]?.name)}`,
    });
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
        `waited ${Number.isNaN(requests.start[i] as number) ? 'at most ' : ''}${formatTime(waited)}${Number.isNaN(begin) ? '' : `, ran ${formatTime(until - begin)}`}`,
      ),
      h(
        'div',
        { class: requests.missed[i] === 1 ? 'bad' : 'dim' },
        requests.missed[i] === 1
          ? 'missed an objective'
          : Number.isNaN(end)
            ? 'missed no objective so far'
            : 'within its objectives',
      ),
    ];
  }
  if (track.kind === 'lane' && hit.shares !== undefined) {
    const span = hit.span === undefined ? 0 : hit.span.to - hit.span.from;
    const isWide = (span / step) * 900 >= 2;
    if (selection?.kind === 'atom' && isWide) {
      const atoms = data.atoms?.tracks[selection.track];
      const kernel = data.atoms?.kernels[atoms?.kernel[selection.index] as number] ?? '';
      const key = data.atoms?.keys[atoms?.key[selection.index] as number];
      const tpc = selection.tpc ?? -1;
      const stolen = key !== undefined && isStolen(key, data.ownerOfTpc[tpc] ?? -1);
      return [
        h(
          'div',
          {},
          swatch(atoms?.tenant ?? 0),
          `${data.tenants[atoms?.tenant ?? 0]?.name}: ${shortKernel(kernel)}`,
        ),
        h('div', {}, `${formatTime(span)}${stolen ? ' · this TPC is stolen' : ''}`),
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
    return elements(
      h('div', { class: 'dim' }, `${where}, ${formatTime(step / 900)} a pixel`),
      ...hit.shares
        .filter(({ share }) => share > 0)
        .map(({ tenant, share }) =>
          h('div', {}, swatch(tenant), `${data.tenants[tenant]?.name} held ${formatShare(share)}`),
        ),
      conditionsOf(state.filter) > 0 &&
        h('div', {}, `of that, ${formatShare(hit.matchingShare)} matches the filter`),
      h('div', {}, `idle ${formatShare(Math.max(0, hit.idleShare))}`),
      at,
    );
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
    const value = (name: string): number => counters.columns.get(name)?.[i] ?? Number.NaN;
    if (track.kind === 'counter') {
      const unit = track.column === 'power_w' ? 'W' : 'MHz';
      return [h('div', {}, formatReading(value(track.column), unit)), at];
    }
    return [
      ...data.tenants.map(({ name }, t) =>
        h('div', {}, swatch(t), `${name}: ${formatReading(value(`${track.which}_${name}`))}`),
      ),
      at,
    ];
  }
  return undefined;
}

/** What there is of these. */
function elements(...parts: readonly (HTMLElement | false)[]): HTMLElement[] {
  return parts.filter((part) => part !== false);
}
