import type { OpenRun } from '../data/open-in-worker.ts';
import { type RequestRef, requestRef, sameRequest } from '../data/same-request.ts';
import { type DetailContext, head, jump, type Row, table } from './detail-parts.ts';
import { h } from './dom.ts';
import { formatMoment, formatTime } from './format.ts';
import { nameOfRun, runNames } from './run-names.ts';
import type { Selection } from './selection.ts';
import { update } from './update.ts';

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
  const { requests, tenants, durationNs } = run.data;
  if (requests === undefined) return;
  const t = tenantOfRequest(run, index);
  const tenant = tenants[t];
  const value = (column: Float64Array): number => column[index] as number;
  const arrival = value(requests.arrival);
  const end = value(requests.end);
  const missed = requests.missed[index] === 1;
  const number = value(requests.number);
  const done = !Number.isNaN(end);
  const until = done ? end : durationNs;
  const first = value(requests.firstToken);
  const tokens = value(requests.outputTokens);
  const rows: Row[] = [
    ['arrived', formatMoment(arrival, 1e6)],
    waitOf(run, index),
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
      { class: missed ? 'bad' : done ? 'good' : '' },
      missed ? '✕ missed' : done ? '✓ met' : 'not missed so far',
    ),
  ]);
  const names = runNames(context.runs.map(({ open }) => open.data));
  const ref = requestRef(run.data, index);
  const others = context.runs.flatMap(({ open }, i) =>
    open === run ? [] : [elsewhere(open, names[i] as string, ref, context)],
  );
  update(
    panel,
    head(
      context.theme,
      tenant?.name,
      `${tenant?.name} · ${nameOfRun(run, context.runs)}`,
      `Request ${Number.isNaN(number) ? '(never completed)' : number}`,
    ),
    table(rows),
    jump('Zoom to it', () => context.goTo({ kind: 'request', run, index }, arrival, until)),
    others.length > 0 ? h('h3', {}, 'The same request elsewhere') : undefined,
    ...others,
  );
}

/** How long it waited: exactly where its first launch is known, else what is known of it. */
function waitOf({ data }: OpenRun, index: number): Row {
  const { requests, durationNs } = data;
  const arrival = requests?.arrival[index] ?? 0;
  const start = requests?.start[index] ?? Number.NaN;
  const first = requests?.firstToken[index] ?? Number.NaN;
  if (!Number.isNaN(start)) return ['waited', formatTime(start - arrival)];
  if (!Number.isNaN(first))
    return ['waited', `at most ${formatTime(first - arrival)}, until its first token`];
  return ['waited', `at most ${formatTime(durationNs - arrival)}, to the run’s end`];
}

const limit = (ns: number | undefined): string =>
  ns === undefined ? '' : ` (limit ${formatTime(ns)})`;

/** The same request in another run, and a way to it. */
function elsewhere(
  run: OpenRun,
  runName: string,
  ref: RequestRef,
  context: DetailContext,
): HTMLElement {
  const { requests, tenants, durationNs } = run.data;
  if (requests === undefined || !tenants.some(({ name }) => name === ref.tenant))
    return h('p', { class: 'hint' }, `${runName}: no such tenant`);
  const index = sameRequest(run.data, ref);
  if (index < 0) return h('p', { class: 'hint' }, `${runName}: it never arrived there`);
  const end = requests.end[index] as number;
  const until = Number.isNaN(end) ? durationNs : end;
  const at = requests.arrival[index] as number;
  const took = Number.isNaN(end)
    ? `not complete after ${formatTime(durationNs - at)}`
    : formatTime(end - at);
  return jump(`${runName}: ${took}${requests.missed[index] === 1 ? ', missed' : ''}`, () =>
    context.goTo({ kind: 'request', run, index }, Math.min(ref.arrivalNs, at), until),
  );
}

function tenantOfRequest({ data }: OpenRun, index: number): number {
  return data.tenants.findIndex((_, t) => index < (data.requests?.starts[t + 1] as number));
}
