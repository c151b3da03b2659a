import {
  AGGREGATE_METRICS,
  DEVICE_METRICS,
  DISTRIBUTION_METRICS,
  type Metric,
  RUN_METRICS,
  TENANT_METRICS,
  TRACE_METRICS,
} from './catalog.ts';

const ARROWS = { higher: '↑', lower: '↓' } as const;

/** The page `docs/reference/metrics.md`: every field of a result, from the catalogue. */
export function metricsMarkdown(): string {
  return `${[
    '# Metrics',
    'Fields of `lithos compare --json` and of `summary.json`. ↑ more is better, ↓ less is better.',
    section('Per run', 'runs[]', RUN_METRICS),
    section('Per tenant', 'runs[].tenants[]', TENANT_METRICS),
    section('Per trace', 'runs[].tenants[].trace', TRACE_METRICS),
    'Only for tenants fed by a recorded trace, and over the whole run, warm-up included.',
    section('Per distribution', 'latency_ms, ttft_ms, tpot_ms', DISTRIBUTION_METRICS),
    'A distribution without values is all zeroes.',
    section('Device', 'runs[].device', DEVICE_METRICS),
    section('Aggregate', 'runs[].aggregate', AGGREGATE_METRICS),
  ].join('\n\n')}\n`;
}

function section(title: string, where: string, metrics: Readonly<Record<string, Metric>>): string {
  const rows = Object.entries(metrics).map(([key, metric]) => {
    const better = metric.better === undefined ? '' : ARROWS[metric.better];
    return `| \`${key}\` | ${metric.unit} | ${better} | ${metric.meaning} |`;
  });
  return [
    `## ${title} (\`${where}\`)`,
    '',
    '| field | unit | | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
