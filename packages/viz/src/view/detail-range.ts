import { type DetailContext, jump, table } from './detail-parts.ts';
import { h } from './dom.ts';
import { formatMoment, formatShare, formatTime } from './format.ts';
import { heldShares } from './held-shares.ts';
import type { PlotRun } from './plot.ts';
import { nameOfRun } from './run-names.ts';
import type { Selection } from './selection.ts';
import { type Theme, tenantColour } from './theme.ts';
import { update } from './update.ts';

export function showRange(
  panel: HTMLElement,
  { from, to }: Extract<Selection, { kind: 'range' }>,
  context: DetailContext,
): void {
  const a = Math.round(from);
  const b = Math.max(a + 1, Math.round(to));
  update(
    panel,
    h(
      'div',
      { class: 'head' },
      h('div', { class: 'kind' }, 'Span'),
      h('h2', {}, formatTime(b - a)),
    ),
    table([
      ['from', formatMoment(a, b - a)],
      ['to', formatMoment(b, b - a)],
    ]),
    jump('Zoom to it', () => context.nav.jump({ from: a, to: b })),
    ...context.runs.flatMap((run) => rangeOfRun(run, context.runs, a, b, context.theme)),
  );
}

function rangeOfRun(
  run: PlotRun,
  runs: readonly PlotRun[],
  from: number,
  to: number,
  theme: Theme,
): HTMLElement[] {
  const { data } = run.open;
  const all = [...data.ownerOfTpc.keys()];
  const { shares, busy, stolen } = heldShares(run, all, from, to);
  const { requests } = data;
  const rows = data.tenants.map(({ name }, t) => {
    let arrived = 0;
    let completed = 0;
    let missed = 0;
    if (requests !== undefined) {
      for (let i = requests.starts[t] as number; i < (requests.starts[t + 1] as number); i++) {
        const arrival = requests.arrival[i] as number;
        const end = requests.end[i] as number;
        if (arrival >= from && arrival < to) arrived += 1;
        if (end >= from && end < to) {
          completed += 1;
          missed += requests.missed[i] as number;
        }
      }
    }
    const share = shares[t]?.share ?? 0;
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        h('i', { class: 'swatch', style: `background:${tenantColour(theme, name)}` }),
        name,
      ),
      h('td', {}, formatShare(share)),
      h('td', {}, formatShare(stolen[t] ?? 0)),
      h('td', {}, `${arrived}`),
      h('td', {}, `${completed}`),
      h('td', {}, `${missed}`),
    );
  });
  return [
    h('h3', {}, nameOfRun(run.open, runs)),
    h(
      'table',
      { class: 'figures' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['', 'held', 'stolen', 'arrived', 'done', 'missed'].map((name) =>
            h('th', { scope: 'col' }, name),
          ),
        ),
      ),
      h('tbody', {}, ...rows),
    ),
    h(
      'p',
      { class: 'hint' },
      `Of all TPC time: busy ${formatShare(busy)}, idle ${formatShare(1 - busy)}. “held”: share of TPC time in the tenant’s sets; tenants that share a TPC each count.`,
    ),
  ];
}
