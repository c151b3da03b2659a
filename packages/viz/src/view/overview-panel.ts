import {
  AGGREGATE_METRICS,
  DEVICE_METRICS,
  formatMetric,
  type Metric,
  type RunSummary,
  TENANT_METRICS,
} from '@lithos/experiments';
import { cdfChart, throughputChart } from './charts.ts';
import { jump } from './detail-parts.ts';
import { h } from './dom.ts';
import { formatTime } from './format.ts';
import { incidentsOf } from './incidents.ts';
import type { PlotRun } from './plot.ts';
import { differences } from './run-differences.ts';
import { runNames } from './run-names.ts';
import { type Theme, tenantColour } from './theme.ts';

interface Line {
  readonly name: string;
  readonly metric: Metric;
  readonly values: readonly (number | undefined)[];
  /** False if the values are of too different a choice of requests for one to be the best. */
  readonly comparable: boolean;
}

/**
 * Figures of all runs side by side, latency distributions and throughput.
 * @param goTo shows a moment, where there is a timeline
 */
export function overview(
  runs: readonly PlotRun[],
  theme: Theme,
  goTo?: (atNs: number) => void,
): HTMLElement[] {
  const [first] = runs;
  if (first === undefined) return [];
  const names = runNames(runs.map(({ open }) => open.data));
  const summaries = runs.map(({ open }) => open.data.summary);
  const notes = differences(runs.map(({ open }) => open.data));
  return [
    notes.length === 0
      ? h('span', {})
      : h(
          'div',
          { class: 'note-box' },
          h('strong', {}, 'These runs are not of one scenario. They differ in:'),
          h('ul', {}, ...notes.map((note) => h('li', {}, note))),
        ),
    ...incidentBox(runs, names, goTo),
    ...theme.names.flatMap((name) => {
      const tenant = runs.flatMap(({ open }) => open.data.tenants).find((one) => one.name === name);
      if (tenant === undefined) return [];
      return section(
        h(
          'span',
          {},
          h('i', { class: 'swatch', style: `background:${tenantColour(theme, name)}` }),
          `${name} `,
          h(
            'small',
            {},
            `${tenant.class === 'hp' ? 'high priority' : 'best effort'} · ${tenant.workload} · ${tenant.arrivals}${tenant.quotaTpcs > 0 ? ` · quota ${tenant.quotaTpcs}` : ''}`,
          ),
        ),
        names,
        tenantLines(summaries, name),
        [cdfChart(runs, name, theme), throughputChart(runs, name, theme)],
      );
    }),
    section(h('span', {}, 'Device'), names, deviceLines(summaries), []),
  ];
}

/** Incidents that are told one by one, run by run. */
const TOLD = 10;

/** What went wrong with tenants: who left, whose atoms did not end. */
function incidentBox(
  runs: readonly PlotRun[],
  names: readonly string[],
  goTo: ((atNs: number) => void) | undefined,
): HTMLElement[] {
  const items = runs.flatMap(({ open }, i) => {
    const incidents = incidentsOf(open.data.summary);
    const told = incidents.slice(0, TOLD).map(({ atNs, text }) => {
      const words = `${names[i]}, at ${formatTime(atNs)}: ${text}`;
      return h('li', {}, goTo === undefined ? words : jump(words, () => goTo(atNs)));
    });
    const more = incidents.length - told.length;
    return more > 0 ? [...told, h('li', {}, `${names[i]}: ${more} more, in its summary`)] : told;
  });
  if (items.length === 0) return [];
  return [
    h(
      'div',
      { class: 'note-box incidents' },
      h('strong', {}, 'What went wrong with tenants'),
      h('ul', {}, ...items),
    ),
  ];
}

function section(
  name: HTMLElement,
  policies: readonly string[],
  lines: readonly Line[],
  charts: readonly (HTMLElement | SVGElement | undefined)[],
): HTMLElement {
  return h(
    'section',
    { class: 'tenant' },
    h('h3', {}, name),
    h(
      'table',
      { class: 'figures' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('td', {}),
          ...policies.map((policy) => h('th', { scope: 'col' }, policy)),
          policies.length === 2 &&
            h('th', { scope: 'col', title: 'The second over the first' }, '÷'),
        ),
      ),
      h('tbody', {}, ...lines.map(lineRow)),
    ),
    ...charts.filter((chart) => chart !== undefined),
  );
}

function lineRow({ name, metric, values, comparable }: Line): HTMLElement {
  const known = values.filter((value) => value !== undefined);
  const best = metric.better === 'higher' ? Math.max(...known) : Math.min(...known);
  const differs =
    comparable && known.length > 1 && new Set(known).size > 1 && metric.better !== undefined;
  return h(
    'tr',
    {
      title: comparable
        ? metric.meaning
        : `${metric.meaning} Over completed requests, of which one run has a much greater share: no better or worse.`,
    },
    h('th', { scope: 'row' }, name),
    ...values.map((value) =>
      h(
        'td',
        { class: differs && value === best ? 'best' : '' },
        value === undefined ? '–' : formatMetric(metric.format, value),
      ),
    ),
    values.length === 2 && h('td', { class: 'ratio' }, ratio(values[0], values[1])),
  );
}

/** The second over the first, as a factor. */
function ratio(first: number | undefined, second: number | undefined): string {
  if (first === undefined || second === undefined || first === 0) return '';
  const factor = second / first;
  return `×${factor >= 10 ? factor.toFixed(0) : factor.toFixed(2)}`;
}

/** Shares of unfinished requests that differ by more make latencies of those that completed unlike. */
const UNFINISHED_APART = 0.05;

/**
 * True if runs left about the same share of a tenant's requests unfinished: latency is known of
 * completed ones only, and a run that leaves the slow ones behind would look fast.
 */
export function alikeShares(
  results: readonly ({ readonly requests: number; readonly unfinished: number } | undefined)[],
): boolean {
  const shares = results.flatMap((result) =>
    result === undefined || result.requests === 0 ? [] : [result.unfinished / result.requests],
  );
  return shares.length < 2 || Math.max(...shares) - Math.min(...shares) <= UNFINISHED_APART;
}

function tenantLines(summaries: readonly (RunSummary | undefined)[], name: string): Line[] {
  const results = summaries.map((summary) => summary?.tenants.find((t) => t.name === name));
  type Result = NonNullable<(typeof results)[number]>;
  // Nothing completed: then there is no latency, though the summary has zeroes.
  const served = (of: (result: Result) => number | undefined) => (result: Result) =>
    result.completed === 0 ? undefined : of(result);
  const line = (
    title: string,
    metric: Metric,
    of: (result: Result) => number | undefined,
    isComparable = true,
  ): Line => ({
    name: metric.unit === '' ? title : `${title}, ${metric.unit}`,
    metric,
    comparable: isComparable,
    values: results.map((result) => result && of(result)),
  });
  const isFair = alikeShares(results);
  const lines = [
    line('SLO met', TENANT_METRICS.slo_attainment_pct, (r) => r.slo_attainment_pct),
    line(
      'TTFT P99',
      TENANT_METRICS.ttft_ms,
      served((r) => r.ttft_ms?.p99),
      isFair,
    ),
    line(
      'TPOT P99',
      TENANT_METRICS.tpot_ms,
      served((r) => r.tpot_ms?.p99),
      isFair,
    ),
    line(
      'Latency P50',
      TENANT_METRICS.latency_ms,
      served((r) => r.latency_ms.p50),
      isFair,
    ),
    line(
      'Latency P99',
      TENANT_METRICS.latency_ms,
      served((r) => r.latency_ms.p99),
      isFair,
    ),
    line('Done', TENANT_METRICS.throughput_per_s, (r) => r.throughput_per_s),
    line('Of alone', TENANT_METRICS.normalized_throughput, (r) => r.normalized_throughput),
    line('Unfinished', TENANT_METRICS.unfinished, (r) => r.unfinished),
  ];
  return lines.filter(({ values }) => values.some((value) => value !== undefined));
}

function deviceLines(summaries: readonly (RunSummary | undefined)[]): Line[] {
  return [
    {
      name: 'Total throughput',
      metric: AGGREGATE_METRICS.throughput_x,
      comparable: true,
      values: summaries.map((s) => s?.aggregate.throughput_x),
    },
    {
      name: 'TPC utilisation, %',
      metric: DEVICE_METRICS.tpc_utilization_pct,
      comparable: true,
      values: summaries.map((s) => s?.device.tpc_utilization_pct),
    },
    {
      name: 'Mean power, W',
      metric: DEVICE_METRICS.mean_power_w,
      comparable: true,
      values: summaries.map((s) => s?.device.mean_power_w),
    },
    {
      name: 'SM clock, MHz',
      metric: DEVICE_METRICS.mean_sm_clock_mhz,
      comparable: true,
      values: summaries.map((s) => s?.device.mean_sm_clock_mhz),
    },
  ];
}
