import type { Counters } from '../data/counters.ts';
import { lastAtOrBefore } from '../data/idle.ts';
import type { Box } from './draw-requests.ts';
import { digits } from './format.ts';
import type { Span } from './navigator.ts';
import type { Surface } from './surface.ts';
import type { Theme } from './theme.ts';

/** Readings that are closer than this, CSS pixels, are drawn as one. */
const PIXEL = 0.75;

interface Line {
  readonly values: Float64Array;
  readonly colour: string;
}

/** Lines of readings over time, with the greatest value of the scale written beside. */
export function drawLines(
  surface: Surface,
  box: Box,
  view: {
    readonly counters: Counters;
    readonly lines: readonly Line[];
    readonly span: Span;
    /** The scale's ends. */
    readonly low: number;
    readonly high: number;
    readonly unit: string;
  },
  theme: Theme,
): void {
  const { counters, lines, span, low, high, unit } = view;
  const { time } = counters;
  surface.rect(box.x, box.y, box.width, box.height, theme.lane);
  const first = Math.max(0, lastAtOrBefore(time, span.from));
  const last = Math.min(time.length - 1, lastAtOrBefore(time, span.to) + 1);
  const x = (at: number): number =>
    box.x +
    Math.min(box.width, Math.max(0, ((at - span.from) / (span.to - span.from)) * box.width));
  const range = Math.max(1e-9, high - low);
  const y = (value: number): number =>
    box.y + box.height - 2 - ((value - low) / range) * (box.height - 4);
  for (const { values, colour } of lines) {
    for (const points of stepLines(time, values, first, last, x, y)) {
      surface.line(points, colour, 1.25);
    }
  }
  const label = `${digits(high)}${unit === '' ? '' : ` ${unit}`}`;
  surface.text(box.x + box.width - 4, box.y + 10, label, theme.muted, {
    size: 10,
    anchor: 'end',
    halo: theme.lane,
  });
}

/**
 * Readings hold until the next one; where readings are unknown for as much as a pixel, there is no
 * line. Where a pixel has many readings, its least and greatest are drawn.
 */
function stepLines(
  time: Float64Array,
  values: Float64Array,
  first: number,
  last: number,
  x: (time: number) => number,
  y: (value: number) => number,
): readonly (readonly number[])[] {
  const lines: number[][] = [];
  let points: number[] = [];
  let pixel = Number.NEGATIVE_INFINITY;
  let unknownFrom: number | undefined;
  let least = 0;
  let most = 0;
  let latest = 0;
  const flush = (): void => {
    if (pixel === Number.NEGATIVE_INFINITY) return;
    points.push(pixel, y(least));
    if (most !== least) points.push(pixel, y(most));
    if (latest !== most) points.push(pixel, y(latest));
  };
  const holdUntil = (at: number): void => {
    if (points.length > 0) points.push(at, points.at(-1) as number);
  };
  const finish = (): void => {
    flush();
    if (unknownFrom !== undefined) holdUntil(unknownFrom);
    if (points.length > 0) lines.push(points);
    points = [];
    pixel = Number.NEGATIVE_INFINITY;
  };
  for (let i = first; i <= last; i++) {
    const value = values[i] as number;
    const at = x(time[i] as number);
    if (Number.isNaN(value)) {
      unknownFrom ??= at;
      continue;
    }
    if (unknownFrom !== undefined && at - unknownFrom >= PIXEL) finish();
    unknownFrom = undefined;
    if (at - pixel < PIXEL) {
      least = Math.min(least, value);
      most = Math.max(most, value);
      latest = value;
      continue;
    }
    flush();
    holdUntil(at);
    pixel = at;
    least = value;
    most = value;
    latest = value;
  }
  finish();
  return lines;
}

/** The greatest of several columns, at least 1. */
export function greatest(columns: readonly (Float64Array | undefined)[]): number {
  let most = 1;
  for (const column of columns)
    if (column) for (const value of column) if (value > most) most = value;
  return most;
}
