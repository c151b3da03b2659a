import { h } from './dom.ts';
import type { Navigator } from './navigator.ts';
import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';
import { type Theme, tenantColour } from './theme.ts';

export interface DetailContext {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly nav: Navigator;
  /** True if this selection is what the panel shows: what was read of it may come late. */
  isShown(selection: Selection): boolean;
  /** Selects something and brings it into view. */
  goTo(selection: Selection, from: number, to: number): void;
}

export type Row = readonly [name: string, value: string | HTMLElement];

export function head(
  theme: Theme,
  tenant: string | undefined,
  name: string,
  kind: string,
): HTMLElement {
  return h(
    'div',
    {
      class: 'head',
      style: tenant === undefined ? '' : `border-color:${tenantColour(theme, tenant)}`,
    },
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
