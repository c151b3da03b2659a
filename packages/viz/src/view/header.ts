import type { RunSource } from '../data/sources.ts';
import { fill, h } from './dom.ts';
import { sourcesOf } from './drop.ts';
import type { Level } from './layout.ts';
import type { PlotRun } from './plot.ts';
import { type Theme, tenantColour } from './theme.ts';

export interface HeaderActions {
  fit(): void;
  setLevel(level: Level): void;
  toggleCounters(): void;
  toggleTheme(): void;
  showHelp(): void;
  showRun(): void;
  openFiles(sources: readonly RunSource[]): void;
  toggleTenant(name: string): void;
  exportAs(format: 'png' | 'svg' | 'report'): void;
  readonly search: HTMLElement;
}

interface HeaderModel {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly level: Level;
  readonly hidden: ReadonlySet<string>;
  readonly dark: boolean;
  readonly counters: boolean;
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
  const legend = h('div', {
    class: 'legend',
    role: 'group',
    'aria-label': 'Tenants: click to dim',
  });
  const levels = h('div', { class: 'segmented', role: 'group', 'aria-label': 'Lanes' });
  const scenario = h('span', { class: 'scenario' });
  const tools = h('div', { class: 'tools' });
  const element = h(
    'header',
    { class: 'bar' },
    h('h1', {}, 'LithOS', h('span', {}, ' viewer')),
    scenario,
    legend,
    actions.search,
    tools,
  );
  const exportMenu = h(
    'select',
    {
      'aria-label': 'Export',
      onchange: (event: Event) => {
        const menu = event.target as HTMLSelectElement;
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
  return {
    element,
    update: ({ runs, theme, level, hidden, dark, counters }) => {
      const any = runs.length > 0;
      scenario.textContent = [
        ...new Set(
          runs.map(({ open }) =>
            String((open.data.manifest.scenario as { name?: unknown }).name ?? ''),
          ),
        ),
      ].join(', ');
      fill(
        legend,
        ...theme.names.map((name) =>
          h(
            'button',
            {
              class: hidden.has(name) ? 'chip off' : 'chip',
              'aria-pressed': String(!hidden.has(name)),
              title: hidden.has(name) ? `Show ${name}` : `Dim ${name}`,
              onclick: () => actions.toggleTenant(name),
            },
            h('i', { class: 'swatch', style: `background:${tenantColour(theme, name)}` }),
            name,
          ),
        ),
      );
      fill(
        levels,
        ...LEVELS.map(([value, name]) =>
          h(
            'button',
            { 'aria-pressed': String(value === level), onclick: () => actions.setLevel(value) },
            name,
          ),
        ),
      );
      const picker = h('input', {
        type: 'file',
        webkitdirectory: true,
        multiple: true,
        hidden: true,
        onchange: (event: Event) => {
          const { files } = event.target as HTMLInputElement;
          const byPath = new Map(
            [...(files ?? [])].map((file) => [file.webkitRelativePath || file.name, file] as const),
          );
          actions.openFiles(sourcesOf(byPath));
        },
      });
      fill(
        tools,
        any && levels,
        any &&
          h(
            'button',
            {
              'aria-pressed': String(counters),
              title: 'Queues, SM clock and power',
              onclick: actions.toggleCounters,
            },
            'Counters',
          ),
        any && h('button', { title: 'Show everything (F)', onclick: actions.fit }, 'Fit'),
        any && exportMenu,
        h('button', { title: 'Open the folder of a run', onclick: () => picker.click() }, 'Open…'),
        picker,
        h(
          'button',
          { class: 'primary', title: 'Simulate a scenario in this page', onclick: actions.showRun },
          'Run…',
        ),
        h(
          'button',
          {
            class: 'icon',
            'aria-label': dark ? 'Light colours' : 'Dark colours',
            title: dark ? 'Light colours' : 'Dark colours',
            onclick: actions.toggleTheme,
          },
          dark ? '☀' : '☾',
        ),
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
      );
      actions.search.hidden = !any;
    },
  };
}
