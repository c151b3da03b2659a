import { lastAtOrBefore } from '../data/idle.ts';
import { beginOf, type Requests } from '../data/requests.ts';
import type { Span } from './navigator.ts';
import type { Surface } from './surface.ts';
import { mix, type Theme, tenantColour } from './theme.ts';

/** A rectangle in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface RequestsView {
  readonly requests: Requests;
  readonly tenant: number;
  readonly name: string;
  readonly span: Span;
  /** Rows that the track has, for the tenant in all runs. */
  readonly rows: number;
  readonly durationNs: number;
  /** The request that is selected, or the same one in another run; -1 if none is. */
  readonly selected: number;
}

/**
 * A tenant's requests, one bar each in the lowest free row: pale while it waits, full while it runs,
 * ending in a red block if it missed an objective. One that never completed goes on to the end.
 */
export function drawRequests(surface: Surface, box: Box, view: RequestsView, theme: Theme): void {
  const { requests, tenant, span, rows, durationNs, selected } = view;
  const from = requests.starts[tenant] as number;
  const to = requests.starts[tenant + 1] as number;
  const colour = tenantColour(theme, view.name);
  const pale = mix(colour, theme.background, theme.dark ? 0.66 : 0.68);
  const scale = box.width / (span.to - span.from);
  const rowHeight = box.height / Math.max(1, rows);
  const gap = rowHeight >= 4 ? 1 : 0;
  surface.rect(box.x, box.y, box.width, box.height, theme.lane);
  const x = (time: number): number =>
    box.x + Math.min(box.width, Math.max(0, (time - span.from) * scale));
  // Several requests may fall on one pixel: what is drawn already there is not drawn again.
  const reached = new Float64Array(Math.max(1, rows)).fill(box.x - 1);
  const last = lastAtOrBefore(requests.arrival.subarray(from, to), span.to) + from;
  for (let i = from; i <= last; i++) {
    const end = requests.end[i] as number;
    const until = Number.isNaN(end) ? durationNs : end;
    if (until < span.from) continue;
    const lane = requests.lane[i] as number;
    const left = x(requests.arrival[i] as number);
    const right = Math.max(left + 0.75, x(until));
    if (right - (reached[lane] as number) < 0.5 && i !== selected) continue;
    reached[lane] = right;
    const begin = beginOf(requests, i);
    const middle = Number.isNaN(begin) ? right : Math.min(right, Math.max(left, x(begin)));
    const y = box.y + lane * rowHeight;
    const height = Math.max(0.5, rowHeight - gap);
    if (middle > left) surface.rect(left, y, middle - left, height, pale);
    if (right > middle) surface.rect(middle, y, right - middle, height, colour);
    // Its end may lie beyond the picture: then so does the mark.
    if (requests.missed[i] === 1 && until <= span.to) {
      const mark = Math.min(3, Math.max(1.5, right - left));
      surface.rect(right - mark, y, mark, height, theme.miss);
    }
    if (i === selected) outline(surface, left, y, right - left, height, theme.text);
  }
}

/** A frame around a box. */
export function outline(
  surface: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  const [l, t, r, b] = [x - 1, y - 1, x + width + 1, y + height + 1];
  surface.line([l, t, r, t, r, b, l, b, l, t], colour, 1.5);
}

/** The request at a place of a track, or -1. */
export function requestAt(
  view: Omit<RequestsView, 'name'>,
  box: Box,
  px: number,
  py: number,
): number {
  const { requests, tenant, span, rows, durationNs } = view;
  const rowHeight = box.height / Math.max(1, rows);
  const lane = Math.floor((py - box.y) / rowHeight);
  const scale = (span.to - span.from) / box.width;
  const time = span.from + (px - box.x) * scale;
  let best = -1;
  let bestMiss = 3 * scale;
  for (
    let i = requests.starts[tenant] as number;
    i < (requests.starts[tenant + 1] as number);
    i++
  ) {
    if (Math.abs((requests.lane[i] as number) - lane) * rowHeight > 3) continue;
    const end = requests.end[i] as number;
    const until = Number.isNaN(end) ? durationNs : end;
    const arrival = requests.arrival[i] as number;
    const far = Math.max(arrival - time, time - until, 0);
    const lanes = Math.abs((requests.lane[i] as number) - lane) * scale;
    if (far + lanes < bestMiss) {
      best = i;
      bestMiss = far + lanes;
    }
  }
  return best;
}
