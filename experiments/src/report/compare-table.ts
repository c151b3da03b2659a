import { MS } from '@lithos/core';
import type { Metric } from '../metrics/catalog.ts';
import { AGGREGATE_METRICS, TENANT_METRICS } from '../metrics/catalog.ts';
import { formatMetric } from '../metrics/format.ts';
import type { CompareResult } from '../results.ts';
import type { Slo } from '../scenario-types.ts';
import { closingSentences } from './closing.ts';
import { incidentSentences } from './incidents.ts';
import { type Paint, PLAIN } from './paint.ts';
import {
  type PolicyView,
  policyViews,
  type StatedObjectives,
  type TenantView,
} from './policy-view.ts';
import { spanText } from './span-text.ts';
import { type Cell, type TextColumn, type TextRow, textTable, wrap } from './text-table.ts';

export interface CompareTableOptions {
  /** Characters in a line; 100 if not given. */
  readonly width?: number;
  readonly paint?: Paint;
}

const ALWAYS = Number.POSITIVE_INFINITY;

const COLUMNS: readonly TextColumn[] = [
  { title: 'policy', align: 'left', keep: ALWAYS },
  { title: 'tenant', align: 'left', keep: ALWAYS },
  { title: 'class', align: 'left', keep: 6 },
  { title: 'requests', align: 'right', keep: 2 },
  { title: 'done', align: 'right', keep: 3 },
  { title: 'P50 ms', align: 'right', keep: 1 },
  { title: 'P99 ms', align: 'right', keep: ALWAYS },
  { title: 'TTFT P99', align: 'right', keep: 4 },
  { title: 'objective', align: 'left', keep: 7 },
  { title: 'met %', align: 'right', keep: ALWAYS },
  { title: 'done/s', align: 'right', keep: 5 },
  { title: 'of alone', align: 'right', keep: ALWAYS },
];

/**
 * A comparison for people: a row per policy and tenant, a total per policy, and what it comes to in
 * words. With several seeds the figures are means over them.
 * @param tenants the scenario's tenants, for their objectives
 */
export function compareTable(
  result: CompareResult,
  tenants: StatedObjectives,
  options: CompareTableOptions = {},
): string {
  const { width = 100, paint = PLAIN } = options;
  const views = policyViews(result, tenants);
  const seeds = Math.max(0, ...views.map((view) => view.seeds));
  const title = [
    `${result.scenario} on ${result.device}`,
    result.backend === 'sim' ? 'simulated' : 'real GPU',
    ...(seeds > 1 ? [`means of ${seeds} seeds`] : []),
  ].join(', ');
  const rows = views.flatMap((view, i) => policyRows(view, i > 0, paint));
  const sentences = [...closingSentences(views), ...incidentSentences(result.runs)];
  const closing = sentences.flatMap((sentence) => wrap(sentence, width));
  return [
    paint.bold(title),
    '',
    textTable(COLUMNS, rows, width, paint),
    ...(closing.length > 0 ? ['', ...closing] : []),
    '',
  ].join('\n');
}

function policyRows(view: PolicyView, gap: boolean, paint: Paint): readonly TextRow[] {
  const rows = view.tenants.map((tenant) => tenantRow(tenant, paint));
  const total: Cell[] = [
    { text: '' },
    { text: 'all', paint: paint.dim },
    ...Array.from({ length: 7 }, () => ({ text: '' })),
    value(AGGREGATE_METRICS.hp_slo_attainment_pct, view.hpSloPct),
    { text: '' },
    { text: formatMetric(AGGREGATE_METRICS.throughput_x.format, view.throughputX) },
  ];
  const all = [...rows, { cells: total }];
  const named = all.map((row, i) =>
    i === 0
      ? { ...row, gap, cells: [{ text: view.policy, paint: paint.bold }, ...row.cells.slice(1)] }
      : row,
  );
  if (view.exit === undefined) return named;
  const note = { text: `the run was not completed: ${view.exit}`, paint: paint.bad };
  return [...named, { cells: [{ text: '' }], note }];
}

function tenantRow(tenant: TenantView, paint: Paint): TextRow {
  const lead: Cell[] = [
    { text: '' },
    { text: tenant.name },
    { text: tenant.class, paint: paint.dim },
  ];
  if (tenant.refused !== undefined) {
    return { cells: lead, note: { text: `refused: ${tenant.refused}`, paint: paint.bad } };
  }
  const objective = objectiveText(tenant.slo);
  return {
    cells: [
      ...lead,
      value(TENANT_METRICS.requests, tenant.requests),
      value(TENANT_METRICS.completed, tenant.completed),
      value(TENANT_METRICS.latency_ms, tenant.p50Ms),
      judged(tenant.p99Ms, tenant.slo.latencyP99Ns, paint),
      judged(tenant.ttftP99Ms, tenant.slo.ttftP99Ns, paint),
      { text: objective, paint: paint.dim },
      value(TENANT_METRICS.slo_attainment_pct, tenant.sloPct),
      value(TENANT_METRICS.throughput_per_s, tenant.throughputPerS),
      value(TENANT_METRICS.normalized_throughput, tenant.normalized),
    ],
  };
}

/** A figure in its metric's format; empty if there is none. */
function value(metric: Metric, number: number | undefined): Cell {
  return { text: number === undefined ? '' : formatMetric(metric.format, number) };
}

/** A percentile, coloured by whether it is within its objective. */
function judged(ms: number | undefined, objectiveNs: number | undefined, paint: Paint): Cell {
  const cell = value(TENANT_METRICS.latency_ms, ms);
  if (ms === undefined || objectiveNs === undefined) return cell;
  return { ...cell, paint: ms * MS <= objectiveNs ? paint.good : paint.bad };
}

/** Objectives as the table states them: `P99 ≤ 2 s`. */
function objectiveText(slo: Slo): string {
  const parts: readonly (readonly [name: string, ns: number | undefined])[] = [
    ['P99', slo.latencyP99Ns],
    ['TTFT', slo.ttftP99Ns],
    ['TPOT', slo.tpotP99Ns],
  ];
  return parts
    .flatMap(([name, ns]) => (ns === undefined ? [] : [`${name} ≤ ${spanText(ns / MS)}`]))
    .join(', ');
}
