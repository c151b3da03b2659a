import { IDLE_REASONS, reservedFor } from '../data/idle.ts';
import { showAtom } from './detail-atom.ts';
import { type DetailContext, head, jump, table } from './detail-parts.ts';
import { showRange } from './detail-range.ts';
import { showRequest } from './detail-request.ts';
import { h } from './dom.ts';
import { formatMoment, formatTime } from './format.ts';
import { nameOfRun } from './run-names.ts';
import type { Selection } from './selection.ts';
import { update } from './update.ts';

/** Shows what is selected. */
export function showDetail(
  panel: HTMLElement,
  selection: Selection | undefined,
  context: DetailContext,
): void {
  if (selection === undefined) {
    update(
      panel,
      h(
        'p',
        { class: 'hint' },
        'Click an atom, a request or an idle stretch to see what it is and why it is there. Drag across the timeline for the figures of a span.',
      ),
    );
    return;
  }
  switch (selection.kind) {
    case 'atom':
      showAtom(panel, selection, context);
      return;
    case 'request':
      showRequest(panel, selection, context);
      return;
    case 'idle':
      showIdle(panel, selection, context);
      return;
    case 'range':
      showRange(panel, selection, context);
  }
}

function showIdle(
  panel: HTMLElement,
  { run, tpc, gap, reason }: Extract<Selection, { kind: 'idle' }>,
  context: DetailContext,
): void {
  const { data } = run;
  const { title, meaning } = IDLE_REASONS[reason];
  const owner = reservedFor(data, tpc);
  const neighbour = (ref: typeof gap.next, name: string): HTMLElement | undefined => {
    const track = ref && data.atoms?.tracks[ref.track];
    if (ref === undefined || track === undefined) return undefined;
    return jump(`${name}: an atom of ${data.tenants[track.tenant]?.name}`, () =>
      context.goTo(
        { kind: 'atom', run, ...ref },
        track.start[ref.index] as number,
        track.end[ref.index] as number,
      ),
    );
  };
  update(
    panel,
    head(
      context.theme,
      data.tenants[owner]?.name,
      `TPC ${tpc} · ${nameOfRun(run, context.runs)}`,
      'Idle',
    ),
    table([
      ['why', h('strong', {}, title)],
      ['that is', meaning],
      ['for', formatTime(gap.to - gap.from)],
      ['from', formatMoment(gap.from, 1e6)],
      ['kept for', owner < 0 ? 'nobody' : (data.tenants[owner]?.name ?? '')],
    ]),
    neighbour(gap.previous, 'Before'),
    neighbour(gap.next, 'After'),
  );
}
