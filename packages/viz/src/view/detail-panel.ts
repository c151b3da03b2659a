import { type AtomTrack, firstEndingAfter } from '../data/atoms.ts';
import type { AtomDetail } from '../data/detail.ts';
import { IDLE_REASONS } from '../data/idle.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { beginOf } from '../data/requests.ts';
import { hasTpc, type SetWords, tpcsOf } from '../data/tpc-classes.ts';
import { fill, h } from './dom.ts';
import { formatCount, formatMoment, formatShare, formatTime, formatTpcs } from './format.ts';
import { heldShares } from './hit.ts';
import type { Navigator } from './navigator.ts';
import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';
import { type Theme, tenantColour } from './theme.ts';

export interface DetailContext {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly nav: Navigator;
  /** Selects something and brings it into view. */
  goTo(selection: Selection, from: number, to: number): void;
}

type Row = readonly [name: string, value: string | HTMLElement];

/** Shows what is selected. */
export function showDetail(
  panel: HTMLElement,
  selection: Selection | undefined,
  context: DetailContext,
): void {
  if (selection === undefined) {
    fill(
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

type AtomSelection = Extract<Selection, { kind: 'atom' }>;

function showAtom(panel: HTMLElement, selection: AtomSelection, context: DetailContext): void {
  const { run } = selection;
  const track = run.data.atoms?.tracks[selection.track];
  if (track === undefined) return;
  const i = selection.index;
  const tenant = run.data.tenants[track.tenant];
  const heading = head(
    context.theme,
    track.tenant,
    `${tenant?.name} · ${run.data.manifest.policy}`,
    'Atom',
  );
  fill(panel, heading, h('p', { class: 'hint' }, 'reading the record…'));
  const row = track.row[i] as number;
  run.detail(row).then(
    (detail) => {
      if (detail === undefined || panel.dataset.row !== String(row)) return;
      fill(panel, heading, ...atomBody(selection, track, detail, context));
    },
    (error: unknown) => {
      fill(
        panel,
        heading,
        h('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)),
      );
    },
  );
  panel.dataset.row = String(row);
}

function atomBody(
  selection: AtomSelection,
  track: AtomTrack,
  detail: AtomDetail,
  context: DetailContext,
): HTMLElement[] {
  const { run } = selection;
  const { data } = run;
  const i = selection.index;
  const key = data.atoms?.keys[track.key[i] as number];
  const words = key && data.atoms?.sets[key.set];
  const tpcs = words === undefined ? [] : tpcsOf(words);
  const actual = detail.endNs - detail.startNs;
  const of = detail.siblingsComplete ? ` of ${detail.siblings.length}` : '';
  const total = detail.siblings.at(-1)?.blockEnd ?? detail.blockEnd;
  const grid = detail.siblingsComplete ? ` of ${formatCount(total)}` : '';
  const error = detail.predictedNs > 0 ? (actual - detail.predictedNs) / detail.predictedNs : 0;
  const rows: Row[] = [
    ['kernel', h('code', { class: 'kernel', title: detail.kernel }, detail.kernel)],
    ['atom', `${detail.atom + 1}${of}${detail.last ? ' (the launch’s last)' : ''}`],
    ['blocks', `${formatCount(detail.blockBegin)} to ${formatCount(detail.blockEnd - 1)}${grid}`],
    ['launch', `${detail.launch}, stream ${detail.stream}`],
    ['started', formatMoment(detail.startNs, 1e6)],
    ['took', formatTime(actual)],
    [
      'predicted',
      detail.predictedNs > 0
        ? `${formatTime(detail.predictedNs)} (${error >= 0 ? '+' : ''}${(error * 100).toFixed(1)} %)`
        : 'this policy does not predict',
    ],
    ['queued on the device', formatTime(detail.startNs - detail.submittedNs)],
    ['TPC set', `${tpcs.length}: ${formatTpcs(tpcs)}`],
    ['priority', String(detail.priority)],
  ];
  return [
    table(rows),
    h('h3', {}, 'Why here'),
    h(
      'ul',
      { class: 'why' },
      ...whyHere(selection, track, detail).map((line) => h('li', {}, line)),
    ),
    h('h3', {}, 'Related'),
    ...related(selection, track, detail, context),
  ];
}

function whyHere({ run }: AtomSelection, track: AtomTrack, detail: AtomDetail): string[] {
  const lines: string[] = [];
  const tenant = run.data.tenants[track.tenant];
  const quota = tenant?.quotaTpcs ?? 0;
  const { policy } = run.data.manifest;
  if (policy !== 'lithos') {
    lines.push(`${policy} gives it this set; it does not choose TPCs launch by launch.`);
  }
  const own = detail.tpcCount - detail.stolenTpcs;
  if (detail.stolenTpcs > 0) {
    lines.push(
      `${detail.stolenTpcs} of its ${detail.tpcCount} TPCs are stolen: the quota of ${detail.stolenFrom.replaceAll('+', ' and ')} covers them and they were idle.`,
    );
    if (own > 0) lines.push(`${own} are its own or nobody’s (quota ${quota}).`);
  } else if (policy === 'lithos') {
    lines.push(
      quota > 0
        ? `All within its own quota of ${quota}, or covered by none.`
        : 'No quota covers these TPCs: best-effort work may have them.',
    );
  }
  if (detail.sizedFrom > 0) {
    lines.push(
      detail.sizedFrom > detail.tpcCount
        ? `Right-sized from ${detail.sizedFrom} to ${detail.tpcCount} TPCs: fewest within the slip.`
        : `Looked at by right-sizing: all ${detail.tpcCount} TPCs are worth having.`,
    );
  }
  return lines;
}

function related(
  selection: AtomSelection,
  track: AtomTrack,
  detail: AtomDetail,
  context: DetailContext,
): HTMLElement[] {
  const { run } = selection;
  const { data } = run;
  const parts: HTMLElement[] = [];
  const waited = waitedFor(selection, track, detail);
  if (waited === undefined) {
    parts.push(
      h(
        'p',
        { class: 'hint' },
        'It waited for nothing: it was submitted after its TPCs and its stream were free.',
      ),
    );
  } else {
    const other = data.atoms?.tracks[waited.track] as AtomTrack;
    const from = other.start[waited.index] as number;
    const to = other.end[waited.index] as number;
    const name = data.tenants[other.tenant]?.name;
    parts.push(
      jump(
        `Waited for an atom of ${name}, until ${formatTime(detail.startNs - to)} before it began`,
        () =>
          context.goTo(
            { kind: 'atom', run, ...waited },
            Math.min(from, detail.startNs),
            Math.max(to, detail.endNs),
          ),
      ),
    );
  }
  const requests = requestsOf(run, track, detail);
  if (requests.length === 1) {
    const [index] = requests as [number];
    parts.push(
      jump(`Its request: ${data.requests?.number[index]}`, () => goToRequest(run, index, context)),
    );
  } else if (requests.length > 1) {
    parts.push(
      h(
        'p',
        { class: 'hint' },
        `Step ${detail.request} of an LLM served ${requests.length} requests in one batch:`,
      ),
      h(
        'div',
        { class: 'jumps' },
        ...requests
          .slice(0, 12)
          .map((index) =>
            jump(
              Number.isNaN(data.requests?.number[index] as number)
                ? 'one that never completed'
                : `request ${data.requests?.number[index]}`,
              () => goToRequest(run, index, context),
            ),
          ),
      ),
    );
  }
  if (detail.siblings.length > 1) {
    parts.push(
      h(
        'p',
        { class: 'hint' },
        `${detail.siblings.length} atoms of this launch${detail.siblingsComplete ? '' : ' nearby'}:`,
      ),
      h(
        'div',
        { class: 'jumps' },
        ...detail.siblings.slice(0, 24).map((sibling) => {
          const index = indexOfRow(track, sibling.row, sibling.startNs);
          return jump(`${sibling.atom + 1}${sibling.row === detail.row ? ' (this)' : ''}`, () =>
            context.goTo(
              { kind: 'atom', run, track: selection.track, index },
              sibling.startNs,
              sibling.endNs,
            ),
          );
        }),
      ),
    );
  }
  return parts;
}

/** The requests that an atom worked for. */
function requestsOf({ data }: OpenRun, track: AtomTrack, detail: AtomDetail): number[] {
  const { requests } = data;
  if (requests === undefined) return [];
  const found: number[] = [];
  const isLlm = data.tenants[track.tenant]?.llm === true;
  const last = requests.starts[track.tenant + 1] as number;
  for (let i = requests.starts[track.tenant] as number; i < last; i++) {
    if (!isLlm) {
      if (requests.number[i] === detail.request) return [i];
      continue;
    }
    const begin = beginOf(requests, i);
    const end = requests.end[i] as number;
    if (begin <= detail.startNs && (Number.isNaN(end) || end >= detail.endNs)) found.push(i);
  }
  return found;
}

/**
 * The atom whose end this one waited for: among those of its stream and those on its TPCs that ended
 * after its submission and before its start, the last one.
 */
export function waitedFor(
  { run }: AtomSelection,
  track: AtomTrack,
  detail: AtomDetail,
): { readonly track: number; readonly index: number } | undefined {
  const { atoms } = run.data;
  if (atoms === undefined) return undefined;
  const mine =
    atoms.keys[
      atoms.tracks.indexOf(track) < 0
        ? 0
        : (track.key[indexOfRow(track, detail.row, detail.startNs)] as number)
    ];
  const words = mine && atoms.sets[mine.set];
  if (words === undefined) return undefined;
  let best: { track: number; index: number } | undefined;
  let bestEnd = detail.submittedNs;
  atoms.tracks.forEach((other, t) => {
    // From the first that ends after the start, back over those that ended before it.
    for (let i = firstEndingAfter(other, detail.startNs) - 1; i >= 0; i--) {
      const end = other.end[i] as number;
      if (end <= bestEnd) return;
      const key = atoms.keys[other.key[i] as number];
      const set = key && atoms.sets[key.set];
      const meets = set !== undefined && tpcsMeet(set, words);
      if (other.row[i] === detail.row || !(meets || other.stream === detail.stream)) continue;
      best = { track: t, index: i };
      bestEnd = end;
      return;
    }
  });
  return best;
}

function tpcsMeet(a: SetWords, b: SetWords): boolean {
  for (let tpc = 0; tpc < 96; tpc++) if (hasTpc(a, tpc) && hasTpc(b, tpc)) return true;
  return false;
}

/** Which atom of a track is a row of the file. */
export function indexOfRow(track: AtomTrack, row: number, startNs: number): number {
  for (let i = Math.max(0, firstEndingAfter(track, startNs) - 2); i < track.row.length; i++) {
    if (track.row[i] === row) return i;
    if ((track.start[i] as number) > startNs) break;
  }
  return track.row.indexOf(row);
}

function goToRequest(run: OpenRun, index: number, context: DetailContext): void {
  const { requests, durationNs } = run.data;
  if (requests === undefined) return;
  const end = requests.end[index] as number;
  context.goTo(
    { kind: 'request', run, index },
    requests.arrival[index] as number,
    Number.isNaN(end) ? durationNs : end,
  );
}

function showRequest(
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
      t,
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

function showIdle(
  panel: HTMLElement,
  { run, tpc, gap, reason }: Extract<Selection, { kind: 'idle' }>,
  context: DetailContext,
): void {
  const { data } = run;
  const { title, meaning } = IDLE_REASONS[reason];
  const owner = data.manifest.policy === 'lithos' ? (data.ownerOfTpc[tpc] ?? -1) : -1;
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
  fill(
    panel,
    head(context.theme, owner, `TPC ${tpc} · ${data.manifest.policy}`, 'Idle'),
    table([
      ['why', h('strong', {}, title)],
      ['that is', meaning],
      ['for', formatTime(gap.to - gap.from)],
      ['from', formatMoment(gap.from, 1e6)],
      ['in the quota of', owner < 0 ? 'nobody' : (data.tenants[owner]?.name ?? '')],
    ]),
    neighbour(gap.previous, 'Before'),
    neighbour(gap.next, 'After'),
  );
}

function showRange(
  panel: HTMLElement,
  { from, to }: Extract<Selection, { kind: 'range' }>,
  context: DetailContext,
): void {
  const a = Math.round(from);
  const b = Math.max(a + 1, Math.round(to));
  fill(
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
    ...context.runs.flatMap((run) => rangeOfRun(run, a, b, context.theme)),
  );
}

function rangeOfRun(run: PlotRun, from: number, to: number, theme: Theme): HTMLElement[] {
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
        h('i', { class: 'swatch', style: `background:${tenantColour(theme, t)}` }),
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
    h('h3', {}, data.manifest.policy),
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

function head(theme: Theme, tenant: number, name: string, kind: string): HTMLElement {
  return h(
    'div',
    { class: 'head', style: tenant < 0 ? '' : `border-color:${tenantColour(theme, tenant)}` },
    h('div', { class: 'kind' }, kind),
    h('h2', {}, name),
  );
}

export function table(rows: readonly Row[]): HTMLElement {
  return h(
    'table',
    { class: 'detail' },
    h(
      'tbody',
      {},
      ...rows.map(([name, value]) =>
        h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value)),
      ),
    ),
  );
}

export function jump(text: string, action: () => void): HTMLElement {
  return h('button', { class: 'jump', onclick: action }, text);
}
