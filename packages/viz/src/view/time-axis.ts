import * as d3 from 'd3';
import type { Span } from './navigator.ts';

export interface Tick {
  readonly x: number;
  readonly text: string;
  /** At the axis' ends a label lies to one side of its tick: else it would be cut. */
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface TimeAxis {
  readonly ticks: readonly Tick[];
  /** What the ticks count from; empty if from the run's beginning. */
  readonly base: string;
}

/** Room that half a label takes, pixels. */
export const HALF_LABEL = 34;

/** Ticks of a time axis; far from zero and close up, they count from the first one that is shown. */
export function timeAxis({ from, to }: Span, width: number): TimeAxis {
  const span = to - from;
  const [unit, name] =
    span >= 2e9 ? [1e9, 's'] : span >= 2e6 ? [1e6, 'ms'] : span >= 2e3 ? [1e3, 'µs'] : [1, 'ns'];
  const count = Math.max(2, width / 110);
  const step = d3.tickStep(from / unit, to / unit, count);
  const base = span < 0.02 * from ? Math.floor(from / unit / step) * step : 0;
  const scale = d3.scaleLinear([from / unit - base, to / unit - base], [0, width]);
  const ticks = scale.ticks(count).map((value): Tick => {
    const x = scale(value);
    return {
      x,
      text: `${base > 0 ? '+' : ''}${d3.format(',~r')(value)} ${name}`,
      anchor: x < HALF_LABEL ? 'start' : x > width - HALF_LABEL ? 'end' : 'middle',
    };
  });
  return { ticks, base: base > 0 ? `${d3.format(',')((base * unit) / 1e9)} s +` : '' };
}
