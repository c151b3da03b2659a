import { type Filter, NO_FILTER } from '../data/filter.ts';
import { h } from './dom.ts';
import {
  type Choices,
  CONDITIONS,
  type Condition,
  HELD,
  LAUNCH,
  PREDICTION,
  SIZE,
} from './filter-words.ts';

/** Fields by which atoms are filtered. */
export interface FilterBar {
  readonly element: HTMLElement;
  /** @param status what the filter does, in words */
  update(model: {
    readonly filter: Filter;
    readonly isOpen: boolean;
    readonly status: string;
  }): void;
  focus(): void;
}

/** How long typing has to rest before runs are looked through, ms. */
const PAUSE_MS = 200;

export function createFilterBar(change: (filter: Filter) => void): FilterBar {
  let shown = NO_FILTER;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const take = (part: Partial<Filter>): void => {
    clearTimeout(pause);
    // What was typed last counts, too.
    change({ ...shown, kernel: kernel.value.trim(), ...part });
  };
  const kernel = h('input', {
    type: 'search',
    placeholder: 'part of its name',
    'aria-label': 'Filter by kernel: a part of its name',
    autocomplete: 'off',
    oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => take({}), PAUSE_MS);
    },
    onchange: () => take({}),
  });
  const menu = <K extends Condition>(condition: K, choices: Choices<K>, label: string) => {
    const field = h(
      'select',
      {
        'aria-label': label,
        onchange: () =>
          take({ [condition]: choices.find(([value]) => value === field.value)?.[0] }),
      },
      h('option', { value: '' }, 'any'),
      choices.map(([value, name]) => h('option', { value }, name)),
    );
    return [condition, field] as const;
  };
  const menus = [
    menu('held', HELD, 'Filter by TPCs'),
    menu('prediction', PREDICTION, 'Filter by prediction'),
    menu('size', SIZE, 'Filter by right-sizing'),
    menu('launch', LAUNCH, 'Filter by launch'),
  ];
  const status = h('span', { class: 'filter-status', role: 'status' });
  const clear = h('button', { onclick: () => clearAll() }, 'Clear filter');
  const clearAll = (): void => {
    kernel.value = '';
    take(NO_FILTER);
  };
  const element = h(
    'div',
    { class: 'filters', id: 'filters', role: 'group', 'aria-label': 'Filter atoms' },
    h('label', {}, 'Kernel ', kernel),
    menus.map(([condition, field]) => h('label', {}, `${CONDITIONS[condition]} `, field)),
    clear,
    status,
    h(
      'small',
      {},
      'What does not match, or is of a dimmed tenant, is grey. Where a column of pixels holds many atoms, its grey part is the exact share of TPC time of those that do not match.',
    ),
  );
  return {
    element,
    update: ({ filter, isOpen, status: words }) => {
      if (filter !== shown) {
        shown = filter;
        if (kernel.value.trim() !== filter.kernel) kernel.value = filter.kernel;
        for (const [condition, field] of menus) field.value = filter[condition] ?? '';
      }
      element.hidden = !isOpen;
      // Said only when it changes: readers of screens would say it again.
      if (status.textContent !== words) status.textContent = words;
    },
    focus: () => kernel.select(),
  };
}
