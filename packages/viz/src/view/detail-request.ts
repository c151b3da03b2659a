import type { OpenRun } from '../data/open-in-worker.ts';
import { beginOf } from '../data/requests.ts';
import { type DetailContext, head, jump, type Row, table } from './detail-parts.ts';
import { fill, h } from './dom.ts';
import { formatMoment, formatTime } from './format.ts';
import type { Selection } from './selection.ts';

export function goToRequest(run: OpenRun, index: number, context: DetailContext): void {
  const { requests, durationNs } = run.data;
  if (requests === undefined) return;
  const end = requests.end[index] as number;
  context.goTo(
    { kind: 'request', run, index },
    requests.arrival[index] as number,
    Number.isNaN(end) ? durationNs : end,
  );
}

export function showRequest(
  panel: HTMLElement,
  { run, index }: Extract<Selection, { kind: 'request' }>,
  context: DetailContext,
): void {
  const { requests, tenants, manifest, durationNs } = run.data;
  if (requests === undefined) return;
  const t = tenantOfRequest(run, index);
  const tenant = tenants[t];
  const value = (column: Float64Array): number => column[index] as number;
  const arrival = value(requests.arrival);
  const end = value(requests.end);
  const begin = beginOf(requests, index);
  const number = value(requests.number);
  const done = !Number.isNaN(end);
  const until = done ? end : durationNs;
  const first = value(requests.firstToken);
  const tokens = value(requests.outputTokens);
  const rows: Row[] = [
    ['arrived', formatMoment(arrival, 1e6)],
    ['waited', formatTime((Number.isNaN(begin) ? until : begin) - arrival)],
    ['completed', done ? `after ${formatTime(end - arrival)}` : 'not before the run ended'],
  ];
  if (!Number.isNaN(first))
    rows.push(['first token', `after ${formatTime(first - arrival)}${limit(tenant?.slo.ttftNs)}`]);
  if (done && tokens >= 2)
    rows.push([
      'per token',
      `${formatTime((end - first) / (tokens - 1))}${limit(tenant?.slo.tpotNs)}`,
    ]);
  if (!Number.isNaN(tokens))
    rows.push(['tokens', `${value(requests.inputTokens)} in, ${tokens} out`]);
  if (tenant?.slo.latencyNs !== undefined)
    rows.push(['objective', `within ${formatTime(tenant.slo.latencyNs)}`]);
  rows.push([
    'objectives',
    h(
      'span',
      { class: requests.missed[index] === 1 ? 'bad' : 'good' },
      requests.missed[index] === 1 ? '✕ missed' : '✓ met',
    ),
  ]);
  const others = context.runs.filter(({ open }) => open !== run);
  fill(
    panel,
    head(
      context.theme,
      tenant?.name,
      `${tenant?.name} · ${manifest.policy}`,
      `Request ${Number.isNaN(number) ? '(never completed)' : number}`,
    ),
    table(rows),
    jump('Zoom to it', () => context.goTo({ kind: 'request', run, index }, arrival, until)),
    others.length > 0 ? h('h3', {}, 'The same request elsewhere') : undefined,
    ...others.map(({ open }) =>
      sameRequest(
        open,
        tenant?.name ?? '',
        arrival,
        index - (requests.starts[t] as number),
        context,
      ),
    ),
  );
}

const limit = (ns: number | undefined): string =>
  ns === undefined ? '' : ` (limit ${formatTime(ns)})`;

/** The request of another run that arrived at the same moment, or has the same number among arrivals. */
function sameRequest(
  run: OpenRun,
  tenantName: string,
  arrival: number,
  ordinal: number,
  context: DetailContext,
): HTMLElement {
  const { requests, tenants, manifest, durationNs } = run.data;
  const t = tenants.findIndex(({ name }) => name === tenantName);
  if (requests === undefined || t < 0)
    return h('p', { class: 'hint' }, `${manifest.policy}: no such tenant`);
  const from = requests.starts[t] as number;
  const to = requests.starts[t + 1] as number;
  let index = requests.arrival.subarray(from, to).indexOf(arrival) + from;
  if (index < from) index = from + ordinal;
  if (index >= to) return h('p', { class: 'hint' }, `${manifest.policy}: it never arrived there`);
  const end = requests.end[index] as number;
  const until = Number.isNaN(end) ? durationNs : end;
  const at = requests.arrival[index] as number;
  const took = Number.isNaN(end)
    ? `not complete after ${formatTime(durationNs - at)}`
    : formatTime(end - at);
  return jump(`${manifest.policy}: ${took}${requests.missed[index] === 1 ? ', missed' : ''}`, () =>
    context.goTo({ kind: 'request', run, index }, Math.min(arrival, at), until),
  );
}

export function tenantOfRequest({ data }: OpenRun, index: number): number {
  return data.tenants.findIndex((_, t) => index < (data.requests?.starts[t + 1] as number));
}
