import * as d3 from 'd3';
import { svg } from './dom.ts';
import { formatTime } from './format.ts';
import type { PlotRun } from './plot.ts';
import { runNames } from './run-names.ts';
import { type Theme, tenantColour } from './theme.ts';

const WIDTH = 300;
const MARGIN = { left: 34, right: 12, top: 27, bottom: 32 };
/** How runs are told apart in a chart: the first is drawn full, others dashed. */
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '1 2'];

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  readonly dash: string;
}

/**
 * Share of a tenant's requests that were served within a time, run by run, on a logarithmic axis; the
 * objective is a line. A request that never completed counts and is never reached, so the curve of a
 * run that left some behind stays below 100 %.
 */
export function cdfChart(
  runs: readonly PlotRun[],
  tenantName: string,
  theme: Theme,
): SVGElement | undefined {
  const names = runNames(runs.map(({ open }) => open.data));
  const found = runs.map(({ open: { data } }) => {
    const t = data.tenants.findIndex(({ name }) => name === tenantName);
    return { data, t };
  });
  const slo =
    found.map(({ data, t }) => data.tenants[t]?.slo).find((one) => one !== undefined) ?? {};
  // Where the objective is on the first token, that is the latency that matters.
  const first = slo.latencyNs === undefined && slo.ttftNs !== undefined;
  const objective = slo.latencyNs ?? slo.ttftNs;
  const curves = found.map(({ data, t }, i): Curve => {
    const { requests } = data;
    const times: number[] = [];
    let count = 0;
    if (requests !== undefined && t >= 0) {
      for (let k = requests.starts[t] as number; k < (requests.starts[t + 1] as number); k++) {
        const arrival = requests.arrival[k] as number;
        if (arrival < data.warmupNs) continue;
        count += 1;
        const end = (first ? requests.firstToken[k] : requests.end[k]) as number;
        if (!Number.isNaN(end)) times.push(Math.max(1e3, end - arrival));
      }
    }
    times.sort((a, b) => a - b);
    const step = Math.max(1, Math.floor(times.length / 400));
    const points = times.flatMap((time, k) =>
      k % step === 0 || k === times.length - 1 ? [[time, (k + 1) / count] as const] : [],
    );
    return { name: names[i] as string, points, dash: DASHES[i % DASHES.length] as string };
  });
  const all = curves.flatMap(({ points }) => points.map(([x]) => x));
  if (all.length === 0) return undefined;
  const height = 160;
  const extent = [
    Math.min(...all, objective ?? Infinity),
    Math.max(...all, objective ?? 0),
  ] as const;
  const x = d3.scaleLog([extent[0] / 1.3, extent[1] * 1.3], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = d3.scaleLinear([0, 1], [height - MARGIN.bottom, MARGIN.top]);
  const chart = frame(
    height,
    `${first ? 'Time to first token' : 'Latency'}: share of requests within`,
  );
  axes(chart, height, theme, {
    x: spaced(x.ticks(5).map((v) => [x(v), formatTime(v)] as const)),
    y: [0, 0.5, 1].map((v) => [y(v), `${v * 100} %`] as const),
  });
  if (objective !== undefined) {
    chart.append(
      svg('line', {
        x1: x(objective),
        x2: x(objective),
        y1: MARGIN.top - 12,
        y2: height - MARGIN.bottom,
        stroke: theme.miss,
        'stroke-width': 1.5,
        'stroke-dasharray': '4 3',
      }),
    );
    text(
      chart,
      x(objective) + (x(objective) > WIDTH - 90 ? -4 : 4),
      MARGIN.top - 4,
      `limit ${formatTime(objective)}`,
      theme.miss,
      x(objective) > WIDTH - 90 ? 'end' : 'start',
    );
  }
  const colour = tenantColour(theme, tenantName);
  const line = d3
    .line<readonly [number, number]>(
      ([a]) => x(a),
      ([, b]) => y(b),
    )
    .curve(d3.curveStepAfter);
  for (const { points, dash } of curves) {
    chart.append(
      svg('path', {
        d: line([...points]) ?? '',
        fill: 'none',
        stroke: colour,
        'stroke-width': 2,
        'stroke-dasharray': dash,
      }),
    );
  }
  legend(chart, curves, colour, theme);
  return chart;
}

/** A tenant's completed requests per second over time, run by run. */
export function throughputChart(
  runs: readonly PlotRun[],
  tenantName: string,
  theme: Theme,
): SVGElement | undefined {
  const BINS = 30;
  const names = runNames(runs.map(({ open }) => open.data));
  const until = Math.max(...runs.map(({ open }) => open.data.durationNs));
  const width = until / BINS / 1e9;
  const curves = runs.map(({ open: { data } }, i): Curve => {
    const t = data.tenants.findIndex(({ name }) => name === tenantName);
    const counts = new Array<number>(BINS).fill(0);
    if (data.requests !== undefined && t >= 0) {
      const { starts, end } = data.requests;
      for (let k = starts[t] as number; k < (starts[t + 1] as number); k++) {
        const bin = Math.floor(((end[k] as number) / until) * BINS);
        if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1;
        else if (bin === BINS) counts[BINS - 1] = (counts[BINS - 1] as number) + 1;
      }
    }
    const points = counts.map((count, k) => [((k + 0.5) * until) / BINS, count / width] as const);
    return { name: names[i] as string, points, dash: DASHES[i % DASHES.length] as string };
  });
  const most = Math.max(...curves.flatMap(({ points }) => points.map(([, v]) => v)));
  if (!(most > 0)) return undefined;
  const height = 118;
  const x = d3.scaleLinear([0, until], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = d3.scaleLinear([0, most], [height - MARGIN.bottom, MARGIN.top]).nice(3);
  const chart = frame(height, 'Completed requests per second');
  axes(chart, height, theme, {
    x: x.ticks(4).map((v) => [x(v), v === 0 ? '0' : formatTime(v)] as const),
    y: y.ticks(3).map((v) => [y(v), String(v)] as const),
  });
  const colour = tenantColour(theme, tenantName);
  const line = d3.line<readonly [number, number]>(
    ([a]) => x(a),
    ([, b]) => y(b),
  );
  for (const { points, dash } of curves) {
    chart.append(
      svg('path', {
        d: line([...points]) ?? '',
        fill: 'none',
        stroke: colour,
        'stroke-width': 1.75,
        'stroke-dasharray': dash,
      }),
    );
  }
  return chart;
}

function frame(height: number, title: string): SVGSVGElement {
  const chart = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${height}`,
    class: 'chart',
    role: 'img',
    'aria-label': title,
  });
  text(chart, 0, 10, title, 'currentColor', 'start', 10.5);
  return chart;
}

function axes(
  chart: SVGSVGElement,
  height: number,
  theme: Theme,
  ticks: {
    readonly x: readonly (readonly [number, string])[];
    readonly y: readonly (readonly [number, string])[];
  },
): void {
  for (const [at, label] of ticks.y) {
    chart.append(
      svg('line', {
        x1: MARGIN.left,
        x2: WIDTH - MARGIN.right,
        y1: at,
        y2: at,
        stroke: theme.grid,
      }),
    );
    text(chart, MARGIN.left - 4, at + 3, label, theme.muted, 'end');
  }
  for (const [at, label] of ticks.x) {
    // A label at the right end would be cut.
    const anchor = at + label.length * 2.8 > WIDTH ? 'end' : 'middle';
    const x = anchor === 'end' ? WIDTH - 1 : at;
    text(chart, x, height - MARGIN.bottom + 12, label, theme.muted, anchor);
  }
}

/** Ticks with room for their labels, powers of ten before others. */
function spaced(
  ticks: readonly (readonly [number, string])[],
): readonly (readonly [number, string])[] {
  const isRound = ([, label]: readonly [number, string]): boolean => /^10* /.test(label);
  const kept: (readonly [number, string])[] = [];
  for (const tick of [...ticks.filter(isRound), ...ticks.filter((one) => !isRound(one))]) {
    if (kept.every(([at]) => Math.abs(at - tick[0]) >= 44)) kept.push(tick);
  }
  return kept;
}

function legend(
  chart: SVGSVGElement,
  curves: readonly Curve[],
  colour: string,
  theme: Theme,
): void {
  const height = Number(chart.getAttribute('viewBox')?.split(' ')[3]);
  let x = MARGIN.left;
  for (const { name, dash } of curves) {
    chart.append(
      svg('line', {
        x1: x,
        x2: x + 22,
        y1: height - 8,
        y2: height - 8,
        stroke: colour,
        'stroke-width': 2,
        'stroke-dasharray': dash,
      }),
    );
    text(chart, x + 26, height - 5, name, theme.text, 'start');
    x += 38 + name.length * 6;
  }
}

function text(
  chart: SVGSVGElement,
  x: number,
  y: number,
  content: string,
  fill: string,
  anchor: string,
  size = 9.5,
): void {
  const element = svg('text', { x, y, fill, 'text-anchor': anchor, 'font-size': size });
  element.textContent = content;
  chart.append(element);
}
