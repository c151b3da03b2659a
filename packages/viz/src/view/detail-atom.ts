import type { AtomTrack } from '../data/atom-tracks.ts';
import type { AtomDetail } from '../data/detail.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { tpcsOf } from '../data/tpc-classes.ts';
import { type DetailContext, head, jump, type Row, table } from './detail-parts.ts';
import { goToRequest } from './detail-request.ts';
import { h } from './dom.ts';
import { formatCount, formatMoment, formatTime, formatTpcs } from './format.ts';
import { nameOfRun } from './run-names.ts';
import type { Selection } from './selection.ts';
import { update } from './update.ts';
import { indexOfRow, requestsOf, waitedFor } from './waited-for.ts';

export type AtomSelection = Extract<Selection, { kind: 'atom' }>;

/** Of each run the atom that was read last: showing it again is no reason to read it again. */
const lastRead = new WeakMap<OpenRun, AtomDetail>();

export function showAtom(
  panel: HTMLElement,
  selection: AtomSelection,
  context: DetailContext,
): void {
  const { run } = selection;
  const track = run.data.atoms?.tracks[selection.track];
  if (track === undefined) return;
  const i = selection.index;
  const tenant = run.data.tenants[track.tenant];
  const heading = head(
    context.theme,
    tenant?.name,
    `${tenant?.name} · ${nameOfRun(run, context.runs)}`,
    'Atom',
  );
  const row = track.row[i] as number;
  const show = (detail: AtomDetail): void =>
    update(panel, heading, ...atomBody(selection, track, detail, context));
  const known = lastRead.get(run);
  if (known?.row === row) {
    show(known);
    return;
  }
  update(panel, heading, h('p', { class: 'hint' }, 'reading the record…'));
  run.detail(row).then(
    (detail) => {
      if (detail === undefined) return;
      lastRead.set(run, detail);
      if (context.isShown(selection)) show(detail);
    },
    (error: unknown) => {
      if (!context.isShown(selection)) return;
      const words = error instanceof Error ? error.message : String(error);
      update(panel, heading, h('p', { class: 'bad' }, words));
    },
  );
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

/** Whom an atom waited for, and how long before its own start that was over. */
function waitedUntil(name: string | undefined, before: number): string {
  const until = before > 0 ? `until ${formatTime(before)} before it began` : 'and then began';
  return `Waited for an atom of ${name}, ${until}`;
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
      jump(waitedUntil(name, detail.startNs - to), () =>
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
