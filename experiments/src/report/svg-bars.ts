import type { Chart } from '../experiments/types.ts';
import { DASHES, drawing, element, GRID, INK, line, MUTED, text, textWidth, WIDTH } from './svg.ts';
import { axisOf, shortNumber } from './svg-axis.ts';
import { legend, seriesColour } from './svg-legend.ts';

const BAR = 13;
const GAP = 12;
const RIGHT = 64;
const TOP = 52;

/** Horizontal bars, so that long names of categories can be read. */
export function barsSvg(chart: Extract<Chart, { kind: 'bars' }>): string {
  const { categories, series, references } = chart;
  const values = series.flatMap((s) => s.values.flatMap((v) => (v === undefined ? [] : [v])));
  const axis = axisOf([...values, ...references.map((r) => r.value)]);
  const key = legend(series.length > 1 ? series : [], references, TOP);
  const left = 16 + Math.max(...categories.map(textWidth)) + 10;
  const top = TOP + key.height;
  const group = series.length * BAR + GAP;
  const bottom = top + categories.length * group;
  const x = (value: number): number => left + axis.at(value) * (WIDTH - RIGHT - left);
  const grid = axis.ticks.flatMap((tick) => [
    line([x(tick), top], [x(tick), bottom], { stroke: GRID }),
    text(x(tick), bottom + 16, shortNumber(tick), { 'text-anchor': 'middle', fill: MUTED }),
  ]);
  const bars = categories.flatMap((category, c) => {
    const y = top + c * group + GAP / 2;
    const middle = y + (series.length * BAR) / 2 + 4;
    return [
      text(left - 10, middle, category, { 'text-anchor': 'end' }),
      ...series.flatMap((s, i) => bar(s.values[c], y + i * BAR, seriesColour(i), x, axis.base)),
    ];
  });
  const lines = references.map(({ value }) =>
    line([x(value), top], [x(value), bottom], { stroke: MUTED, ...DASHES }),
  );
  return drawing(chart.title, bottom + 46, [
    key.svg,
    ...grid,
    ...bars,
    ...lines,
    line([x(axis.base), top], [x(axis.base), bottom], { stroke: INK }),
    text((left + WIDTH - RIGHT) / 2, bottom + 36, chart.valueLabel, { 'text-anchor': 'middle' }),
  ]);
}

function bar(
  value: number | undefined,
  y: number,
  fill: string,
  x: (value: number) => number,
  base: number,
): readonly string[] {
  if (value === undefined) return [];
  const [from, to] = [x(base), x(value)].sort((a, b) => a - b) as [number, number];
  return [
    element('rect', { x: from, y, width: to - from, height: BAR - 2, fill }),
    text(to + 4, y + BAR - 4, shortNumber(value), { 'font-size': 10, fill: MUTED }),
  ];
}
