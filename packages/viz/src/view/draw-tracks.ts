import { lastAtOrBefore } from '../data/idle.ts';
import { requestRef, sameRequest } from '../data/same-request.ts';
import { drawAtoms, outlineAtom } from './draw-atoms.ts';
import { drawLines } from './draw-counters.ts';
import { type Box, drawRequests } from './draw-requests.ts';
import { formatCount } from './format.ts';
import { drawIncidents } from './incidents.ts';
import type { PlotRun, PlotState } from './plot.ts';
import type { Surface } from './surface.ts';
import { tenantColour } from './theme.ts';

/** Rows of requests from which their number is written, too. */
const CROWD = 24;

/** Draws what is drawn as lines and boxes, over the pixels of the occupancy. */
export function drawTracks(
  surface: Surface,
  state: PlotState,
  view: { readonly top: number; readonly width: number; readonly height: number },
): void {
  const { top, width, height } = view;
  const { theme, span } = state;
  for (const track of state.tracks) {
    if (track.y + track.height < top || track.y > top + height) continue;
    const run = state.runs[track.run] as PlotRun;
    const { data } = run.open;
    const box: Box = { x: 0, y: track.y - top, width, height: track.height };
    switch (track.kind) {
      case 'requests': {
        if (data.requests === undefined) break;
        const { selection } = state;
        const selected =
          selection?.kind !== 'request'
            ? -1
            : selection.run === run.open
              ? selection.index
              : sameRequest(data, requestRef(selection.run.data, selection.index));
        const rows = state.requestLanes.get(data.tenants[track.tenant]?.name ?? '') ?? 1;
        const { requests, durationNs } = data;
        const { tenant } = track;
        const name = data.tenants[tenant]?.name ?? '';
        drawRequests(
          surface,
          box,
          { requests, tenant, name, span, rows, durationNs, selected },
          theme,
        );
        if (rows >= CROWD) nameQueue(surface, box, run, tenant, state);
        break;
      }
      case 'held':
        drawQuotas(surface, box, run, state);
        break;
      case 'queue':
        if (data.counters === undefined) break;
        drawLines(
          surface,
          box,
          {
            counters: data.counters,
            lines: data.tenants.flatMap(({ name }) => {
              const values = data.counters?.columns.get(`${track.which}_${name}`);
              if (values === undefined || state.hiddenTenants.has(name)) return [];
              return [{ values, colour: tenantColour(theme, name) }];
            }),
            span,
            low: 0,
            high: Math.max(...state.runs.map(({ most }) => most[track.which] ?? 1)),
            unit: '',
          },
          theme,
        );
        break;
      case 'counter': {
        const values = data.counters?.columns.get(track.column);
        if (data.counters === undefined || values === undefined) break;
        drawLines(
          surface,
          box,
          {
            counters: data.counters,
            lines: [{ values, colour: theme.text }],
            span,
            low: 0,
            high: Math.max(...state.runs.map(({ most }) => most[track.column] ?? 1)),
            unit: track.column === 'power_w' ? 'W' : 'MHz',
          },
          theme,
        );
        break;
      }
      default:
        break;
    }
  }
  state.runs.forEach((_, index) => {
    drawAtoms({ surface, width, top, state }, index);
  });
  drawIncidents(surface, state, view);
  drawSelection(surface, state, view);
}

/** Where so many requests overlap that they cannot be counted, the longest queue is named. */
function nameQueue(
  surface: Surface,
  box: Box,
  run: PlotRun,
  tenant: number,
  { span, theme }: PlotState,
): void {
  const depth = run.depths[tenant];
  if (depth === undefined) return;
  let most = 0;
  let from = 0;
  let to = 0;
  for (let i = Math.max(0, lastAtOrBefore(depth.time, span.from)); i < depth.time.length; i++) {
    if ((depth.time[i] as number) > span.to) break;
    const waiting = depth.waiting[i] as number;
    if (waiting <= most) continue;
    most = waiting;
    from = depth.time[i] as number;
    to = depth.time[i + 1] ?? run.open.data.durationNs;
  }
  if (most < CROWD / 2) return;
  const middle = (Math.max(span.from, from) + Math.min(span.to, to)) / 2;
  const x = ((middle - span.from) / (span.to - span.from)) * box.width;
  surface.text(
    Math.min(box.x + box.width - 8, Math.max(96, x)),
    box.y + box.height / 2 + 4,
    `${formatCount(most)} waiting`,
    theme.text,
    { size: 12, bold: true, anchor: 'end', halo: theme.background },
  );
}

/** Lines where each tenant's quota ends, if the policy knows quotas. */
function drawQuotas(surface: Surface, box: Box, run: PlotRun, { theme }: PlotState): void {
  const { data } = run.open;
  const tpcs = data.ownerOfTpc.length;
  let sum = 0;
  for (const { name, quotaTpcs } of data.tenants) {
    if (quotaTpcs === 0) continue;
    sum += quotaTpcs;
    const y = box.y + box.height * (1 - sum / tpcs);
    surface.line([box.x, y, box.x + box.width, y], theme.background, 3);
    surface.line([box.x, y, box.x + box.width, y], tenantColour(theme, name), 1.25, [5, 4]);
  }
}

function drawSelection(
  surface: Surface,
  state: PlotState,
  { top, width, height }: { readonly top: number; readonly width: number; readonly height: number },
): void {
  const { selection, span, theme } = state;
  if (selection?.kind === 'range') {
    const scale = width / (span.to - span.from);
    const left = (selection.from - span.from) * scale;
    const right = (selection.to - span.from) * scale;
    surface.rect(left, 0, right - left, height, theme.accent, 0.1);
    for (const x of [left, right]) surface.line([x, 0, x, height], theme.accent, 1);
  }
  if (selection?.kind === 'atom') {
    const index = state.runs.findIndex(({ open }) => open === selection.run);
    const track = selection.run.data.atoms?.tracks[selection.track];
    if (index >= 0 && track !== undefined) {
      outlineAtom({ surface, width, top, state }, index, track, selection.index);
    }
  }
}
