import { firstEndingAfter } from '../data/atom-tracks.ts';
import type { DetailContext } from './detail-parts.ts';
import { h } from './dom.ts';
import { formatCount, formatMoment } from './format.ts';
import { nameOfRun } from './run-names.ts';
import type { Selection } from './selection.ts';
import { update } from './update.ts';

interface Result {
  readonly text: string;
  readonly note: string;
  go(): void;
}

const MOST = 12;

/** The search field: kernels by a part of their name, tenants, requests by number. */
export function createSearch(context: DetailContext): {
  readonly element: HTMLElement;
  focus(): void;
} {
  const input = h('input', {
    type: 'search',
    placeholder: 'Search ( / )',
    title: 'Kernels, tenants, requests by number',
    'aria-label': 'Search kernels, tenants and requests',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': 'search-results',
    autocomplete: 'off',
  });
  const list = h('ul', { id: 'search-results', role: 'listbox', hidden: true });
  const element = h('div', { class: 'search', role: 'search' }, input, list);
  let results: readonly Result[] = [];
  let active = 0;

  const show = (): void => {
    list.hidden = input.value.trim() === '';
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (list.hidden || results.length === 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `search-result-${active}`);
    if (list.hidden) return;
    update(
      list,
      ...(results.length === 0
        ? [h('li', { class: 'none' }, 'nothing found')]
        : results.map((result, i) =>
            h(
              'li',
              {
                role: 'option',
                id: `search-result-${i}`,
                'aria-selected': String(i === active),
                onpointerdown: (event: Event) => {
                  event.preventDefault();
                  active = i;
                  choose();
                },
              },
              h('span', {}, result.text),
              h('small', {}, result.note),
            ),
          )),
    );
  };
  // The same result again goes on to its next occurrence.
  const choose = (): void => results[active]?.go();
  input.addEventListener('input', () => {
    results = find(input.value.trim().toLowerCase(), context);
    active = 0;
    show();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') active = Math.max(0, Math.min(results.length - 1, active + 1));
    else if (event.key === 'ArrowUp') active = Math.max(0, active - 1);
    else if (event.key === 'Enter') choose();
    else return;
    event.preventDefault();
    show();
    list.children[active]?.scrollIntoView({ block: 'nearest' });
  });
  input.addEventListener('blur', () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  });
  input.addEventListener('focus', show);
  return { element, focus: () => input.select() };
}

function find(query: string, context: DetailContext): readonly Result[] {
  if (query === '') return [];
  const found: Result[] = [];
  const number = /^(?:request\s*)?#?(\d+)$/.exec(query)?.[1];
  for (const { open } of context.runs) {
    const { data } = open;
    const name = nameOfRun(open, context.runs);
    if (number !== undefined && data.requests !== undefined) {
      const { requests } = data;
      data.tenants.forEach(({ name: tenant }, t) => {
        for (let i = requests.starts[t] as number; i < (requests.starts[t + 1] as number); i++) {
          if (requests.number[i] !== Number(number)) continue;
          const arrival = requests.arrival[i] as number;
          found.push({
            text: `${tenant}: request ${number}`,
            note: name,
            go: () =>
              context.goTo(
                { kind: 'request', run: open, index: i },
                arrival,
                requests.end[i] as number,
              ),
          });
        }
      });
    }
    data.tenants.forEach(({ name: tenant }, t) => {
      if (!tenant.toLowerCase().includes(query)) return;
      found.push({
        text: tenant,
        note: `${name}: next atom`,
        go: () => nextAtom((i, track) => track === t && i >= 0),
      });
    });
    const { atoms } = data;
    if (atoms === undefined) continue;
    const nextAtom = (accept: (kernel: number, tenant: number) => boolean): void => {
      const after = (context.nav.span.from + context.nav.span.to) / 2;
      let best: Selection | undefined;
      let bestStart = Number.POSITIVE_INFINITY;
      for (const from of [after, 0]) {
        atoms.tracks.forEach((track, t) => {
          for (let i = firstEndingAfter(track, from); i < track.start.length; i++) {
            const start = track.start[i] as number;
            if (start >= bestStart) break;
            if (start <= from && from > 0) continue;
            if (!accept(track.kernel[i] as number, track.tenant)) continue;
            best = { kind: 'atom', run: open, track: t, index: i };
            bestStart = start;
            break;
          }
        });
        if (best !== undefined) break;
      }
      if (best?.kind !== 'atom') return;
      const track = atoms.tracks[best.track];
      const from = track?.start[best.index] ?? 0;
      const to = track?.end[best.index] ?? 0;
      const span = Math.max(
        (to - from) * 6,
        Math.min(2e6, context.nav.span.to - context.nav.span.from),
      );
      context.goTo(best, from - span / 4, to + span / 4);
    };
    atoms.kernels.forEach((kernel, k) => {
      if (found.length > 200 || !kernel.toLowerCase().includes(query)) return;
      found.push({
        text: kernel,
        note: `${name}: next launch after ${formatMoment((context.nav.span.from + context.nav.span.to) / 2, 1e8)}`,
        go: () => nextAtom((other) => other === k),
      });
    });
  }
  const rest = found.length - MOST;
  return rest > 0
    ? [
        ...found.slice(0, MOST),
        { text: `${formatCount(rest)} more`, note: 'type more letters', go: () => {} },
      ]
    : found;
}
