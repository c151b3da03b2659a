import { showDetail } from './detail-panel.ts';
import type { DetailContext } from './detail-parts.ts';
import { h } from './dom.ts';
import { overview } from './overview-panel.ts';
import type { Selection } from './selection.ts';
import { arrowsBetweenTabs } from './tabs.ts';
import { update } from './update.ts';

export type Tab = 'overview' | 'selection';

/** The panel beside the timeline: figures of the runs, and what is selected. */
export interface Panel {
  readonly element: HTMLElement;
  update(tab: Tab, selection: Selection | undefined): void;
}

export function createPanel(
  context: DetailContext,
  actions: { choose(tab: Tab): void; goToMoment(atNs: number): void },
): Panel {
  const tab = (name: Tab): HTMLElement =>
    h('button', { role: 'tab', onclick: () => actions.choose(name) });
  const tabs: Readonly<Record<Tab, HTMLElement>> = {
    overview: tab('overview'),
    selection: tab('selection'),
  };
  const list = h('div', { class: 'tabs', role: 'tablist' }, Object.values(tabs));
  const body = h('div', { class: 'panel-body', role: 'tabpanel', tabindex: 0 });
  arrowsBetweenTabs(list);
  return {
    element: h('aside', { class: 'panel', 'aria-label': 'Figures and details' }, list, body),
    update: (shown, selection) => {
      const { runs, theme } = context;
      tabs.overview.textContent = runs.length > 1 ? 'Compare' : 'Figures';
      tabs.selection.textContent = 'Selection';
      for (const [name, button] of Object.entries(tabs)) {
        button.setAttribute('aria-selected', String(name === shown));
        button.tabIndex = name === shown ? 0 : -1;
      }
      if (shown === 'selection') showDetail(body, selection, context);
      else update(body, overview(runs, theme, actions.goToMoment));
    },
  };
}
