import { IDLE_REASONS } from '../data/idle.ts';
import { h } from './dom.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['W S', 'zoom in, out (at the pointer)'],
  ['A D · ← →', 'move left, right (Shift: faster)'],
  ['↑ ↓', 'scroll the tracks'],
  ['Ctrl + wheel · pinch', 'zoom'],
  ['Shift + wheel · Shift + drag', 'move'],
  ['drag', 'choose a span: its figures are shown'],
  ['double-click', 'zoom to what is under the pointer'],
  ['F', 'fit: the chosen span, or all'],
  ['Shift + F', 'filter: kernel, stolen TPCs, prediction; what does not match is grey'],
  ['M', 'put a mark at the pointer'],
  [', .', 'previous, next atom of the same stream; with none chosen, the one at the pointer'],
  ['[ ]', 'the atom of another stream, or run, at the same time'],
  ['I', 'the next idle stretch of the same TPC'],
  ['R', 'choose the span that is shown: its figures'],
  ['/', 'search: kernel, tenant, request number'],
  ['Backspace · Ctrl + Z', 'back to what was shown before'],
  ['Esc', 'close, clear the selection, then the marks'],
  ['?', 'this page'],
];

export interface Help {
  readonly element: HTMLDialogElement;
  show(): void;
  toggle(): void;
  /** True if it was open. */
  hide(): boolean;
}

export function createHelp(): Help {
  const element = h(
    'dialog',
    { class: 'help', 'aria-label': 'Help', tabindex: -1 },
    h('h2', {}, 'Keys'),
    h(
      'table',
      { class: 'keys' },
      ...KEYS.map(([key, what]) =>
        h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, key)), h('td', {}, what)),
      ),
    ),
    h('h2', {}, 'What the colours mean'),
    h(
      'ul',
      {},
      h(
        'li',
        {},
        'Each tenant has a colour. In the request tracks it is pale while a request waits and full while it runs; a red end means a missed objective.',
      ),
      h(
        'li',
        {},
        'In the TPC lanes a column of pixels shows the exact share of time that each tenant held the TPC, from the bottom up; what is left is idle. Stripes are stolen TPCs: another tenant’s quota covers them. The pale stripes between have the colour of idle TPCs mixed in, but are no idle time: a striped column is as high as the time held.',
      ),
      h(
        'li',
        {},
        'Where tenants hold a TPC at the same time, as under MPS, its time is divided among them. A TPC set is what an atom may use: whether it has a block on each TPC at each moment is not recorded.',
      ),
    ),
    h('h2', {}, 'Why a TPC is idle'),
    h(
      'dl',
      {},
      ...Object.values(IDLE_REASONS).flatMap(({ title, meaning }) => [
        h('dt', {}, title),
        h('dd', {}, meaning),
      ]),
    ),
    h('form', { method: 'dialog' }, h('button', { class: 'primary' }, 'Close')),
  );
  // Left to itself the dialog would focus its button, and scroll down to it.
  const show = (): void => {
    element.showModal();
    element.focus({ preventScroll: true });
    element.scrollTop = 0;
  };
  return {
    element,
    show,
    toggle: () => (element.open ? element.close() : show()),
    hide: () => {
      const was = element.open;
      element.close();
      return was;
    },
  };
}
