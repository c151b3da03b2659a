import type { Chart } from '../experiments/types.ts';
import { DASHES, drawing, element, GRID, INK, line, MUTED, text, WIDTH } from './svg.ts';
import { axisOf, shortNumber } from './svg-axis.ts';
import { legend, seriesColour } from './svg-legend.ts';

const LEFT = 72;
const RIGHT = 24;
const TOP = 52;
const HEIGHT = 300;

/** Lines with a marker at each point. */
export function linesSvg(chart: Extract<Chart, { kind: 'lines' }>): string {
  const { series, references } = chart;
  const points = series.flatMap((s) => s.points);
  const xAxis = axisOf(points.map(([x]) => x));
  const yAxis = axisOf([...points.map(([, y]) => y), ...references.map((r) => r.value)]);
  const key = legend(series, references, TOP);
  const top = TOP + key.height;
  const bottom = top + HEIGHT;
  const right = WIDTH - RIGHT;
  const x = (value: number): number => LEFT + xAxis.at(value) * (right - LEFT);
  const y = (value: number): number => bottom - yAxis.at(value) * HEIGHT;
  const grid = [
    ...yAxis.ticks.flatMap((tick) => [
      line([LEFT, y(tick)], [right, y(tick)], { stroke: GRID }),
      text(LEFT - 8, y(tick) + 4, shortNumber(tick), { 'text-anchor': 'end', fill: MUTED }),
    ]),
    ...xAxis.ticks.map((tick) =>
      text(x(tick), bottom + 16, shortNumber(tick), { 'text-anchor': 'middle', fill: MUTED }),
    ),
  ];
  const lines = series.flatMap((s, i) => [
    element('polyline', {
      points: s.points.map(([px, py]) => `${x(px).toFixed(2)},${y(py).toFixed(2)}`).join(' '),
      fill: 'none',
      stroke: seriesColour(i),
      'stroke-width': 2,
    }),
    ...s.points.map(([px, py]) =>
      element('circle', { cx: x(px), cy: y(py), r: 3.5, fill: seriesColour(i) }),
    ),
  ]);
  const middle = (top + bottom) / 2;
  return drawing(chart.title, bottom + 46, [
    key.svg,
    ...grid,
    ...references.map(({ value }) =>
      line([LEFT, y(value)], [right, y(value)], { stroke: MUTED, ...DASHES }),
    ),
    ...lines,
    line([LEFT, bottom], [right, bottom], { stroke: INK }),
    text((LEFT + right) / 2, bottom + 36, chart.xLabel, { 'text-anchor': 'middle' }),
    text(20, middle, chart.valueLabel, {
      'text-anchor': 'middle',
      transform: `rotate(-90 20 ${middle.toFixed(2)})`,
    }),
  ]);
}
