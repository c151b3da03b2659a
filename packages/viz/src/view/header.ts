import type { RunSource } from '../data/sources.ts';
import { h } from './dom.ts';
import type { ExportFormat } from './export.ts';
import { folderPicker } from './folder-picker.ts';
import type { Level } from './layout.ts';
import type { PlotRun } from './plot.ts';
import { type Theme, tenantColour } from './theme.ts';
import { update } from './update.ts';

export interface HeaderActions {
  fit(): void;
  setLevel(level: Level): void;
  toggleCounters(): void;
  toggleFilter(): void;
  toggleTheme(): void;
  showHelp(): void;
  showRun(): void;
  openFiles(sources: readonly RunSource[]): void;
  toggleTenant(name: string): void;
  exportAs(format: ExportFormat): void;
  readonly search: HTMLElement;
}

interface HeaderModel {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly level: Level;
  readonly hidden: ReadonlySet<string>;
  readonly dark: boolean;
  readonly counters: boolean;
  /** Conditions of the filter, and whether its fields are shown. */
  readonly conditions: number;
  readonly isFilterOpen: boolean;
}

const LEVELS: readonly (readonly [Level, string])[] = [
  ['tpc', 'TPCs'],
  ['gpc', 'GPCs'],
  ['device', 'Device'],
];

/** The bar above everything: what is shown, legend, search and tools. */
export function createHeader(actions: HeaderActions): {
  readonly element: HTMLElement;
  update(model: HeaderModel): void;
} {
  const scenario = h('span', { class: 'scenario' });
  const legend = h('div', {
    class: 'legend',
    role: 'group',
    'aria-label': 'Tenants: click to dim',
  });
  const levels = LEVELS.map(
    ([level, name]) =>
      [level, h('button', { onclick: () => actions.setLevel(level) }, name)] as const,
  );
  const counterSwitch = h(
    'button',
    { title: 'Queues, SM clock and power', onclick: actions.toggleCounters },
    'Counters',
  );
  const filterSwitch = h('button', {
    title: 'Filter atoms by kernel, stolen TPCs, prediction (Shift + F)',
    'aria-controls': 'filters',
    onclick: actions.toggleFilter,
  });
  const themeSwitch = h('button', { class: 'icon', onclick: actions.toggleTheme });
  const picker = folderPicker(actions.openFiles);
  /** What is done with runs: there once one is open. */
  const forRuns = [
    h(
      'div',
      { class: 'segmented', role: 'group', 'aria-label': 'Lanes' },
      levels.map(([, button]) => button),
    ),
    filterSwitch,
    counterSwitch,
    h('button', { title: 'Show everything (F)', onclick: actions.fit }, 'Fit'),
    exportMenu(actions),
  ];
  const element = h(
    'header',
    { class: 'bar' },
    h('h1', {}, 'LithOS', h('span', {}, ' viewer')),
    scenario,
    legend,
    actions.search,
    h(
      'div',
      { class: 'tools' },
      forRuns,
      h('button', { title: 'Open the folder of a run', onclick: () => picker.click() }, 'Open…'),
      picker,
      h(
        'button',
        { class: 'primary', title: 'Simulate a scenario in this page', onclick: actions.showRun },
        'Run…',
      ),
      themeSwitch,
      h(
        'button',
        {
          class: 'icon',
          'aria-label': 'Help',
          title: 'Keys and colours (?)',
          onclick: actions.showHelp,
        },
        '?',
      ),
    ),
  );
  return {
    element,
    update: ({ runs, theme, level, hidden, dark, counters, conditions, isFilterOpen }) => {
      const names = runs.map(({ open }) =>
        String((open.data.manifest.scenario as { name?: unknown }).name ?? ''),
      );
      scenario.textContent = [...new Set(names)].join(', ');
      update(
        legend,
        theme.names.map((name) => chip(name, theme, hidden.has(name), actions)),
      );
      for (const [value, button] of levels) {
        button.setAttribute('aria-pressed', String(value === level));
      }
      counterSwitch.setAttribute('aria-pressed', String(counters));
      filterSwitch.textContent = conditions === 0 ? 'Filter' : `Filter (${conditions})`;
      filterSwitch.setAttribute('aria-expanded', String(isFilterOpen));
      const other = dark ? 'Light colours' : 'Dark colours';
      themeSwitch.setAttribute('aria-label', other);
      themeSwitch.title = other;
      themeSwitch.textContent = dark ? '☀' : '☾';
      for (const tool of [actions.search, ...forRuns]) tool.hidden = runs.length === 0;
    },
  };
}

/** A tenant's button in the legend. */
function chip(name: string, theme: Theme, isOff: boolean, actions: HeaderActions): HTMLElement {
  return h(
    'button',
    {
      class: isOff ? 'chip off' : 'chip',
      'data-key': name,
      'aria-pressed': String(!isOff),
      title: isOff ? `Show ${name}` : `Dim ${name}`,
      onclick: () => actions.toggleTenant(name),
    },
    h('i', { class: 'swatch', style: `background:${tenantColour(theme, name)}` }),
    name,
  );
}

function exportMenu(actions: HeaderActions): HTMLElement {
  const menu = h(
    'select',
    {
      'aria-label': 'Export',
      onchange: () => {
        const format = menu.value;
        menu.value = '';
        if (format === 'png' || format === 'svg' || format === 'report') actions.exportAs(format);
      },
    },
    h('option', { value: '' }, 'Export…'),
    h('option', { value: 'png' }, 'Visible part as PNG'),
    h('option', { value: 'svg' }, 'Visible part as SVG'),
    h('option', { value: 'report' }, 'Report page (HTML)'),
  );
  return menu;
}
