import { conditionsOf } from './data/filter.ts';
import type { RunSource } from './data/sources.ts';
import { filterStatus } from './page/filter-status.ts';
import { createFiltering } from './page/filtering.ts';
import { createFollowSelection } from './page/follow-selection.ts';
import { createLinks } from './page/links.ts';
import { createOpenRuns } from './page/open-runs.ts';
import {
  firstState,
  gpcKey,
  shownCounters,
  shownLevel,
  themeOf,
  timelineModel,
  toggledIn,
} from './page/page-state.ts';
import { selectionKeys } from './page/selection-keys.ts';
import { createRunPanel } from './run/run-panel.ts';
import { createAlerts } from './view/alerts.ts';
import type { DetailContext } from './view/detail-parts.ts';
import { h } from './view/dom.ts';
import { onDrop } from './view/drop.ts';
import { exportAs } from './view/export.ts';
import { createFilterBar } from './view/filter-bar.ts';
import { createFindingsStrip } from './view/findings-strip.ts';
import { createHeader } from './view/header.ts';
import { createHelp } from './view/help.ts';
import { listenKeys } from './view/keys.ts';
import { readLink, sourceOf, writeLink } from './view/link.ts';
import { createNavigator } from './view/navigator.ts';
import { createPanel } from './view/panel.ts';
import { createSearch } from './view/search.ts';
import type { Selection } from './view/selection.ts';
import { createStart } from './view/start.ts';
import { createTimeline } from './view/timeline.ts';

/** Builds the page: its parts, what they share, and what each has the others do. */
export function startApp(root: HTMLElement): void {
  const link = readLink(location);
  // From here on the fragment alone tells: a query would bring back what is closed since.
  writeLink(link);
  const nav = createNavigator();
  const state = firstState(link);
  const alerts = createAlerts();
  const help = createHelp();

  const filtering = createFiltering(alerts, () => refresh());
  const showTimeline = (): void =>
    timeline.update(timelineModel(state, filtering.shown(state.runs, state.filter)));

  const refresh = (): void => {
    const isEmpty = state.runs.length === 0;
    document.documentElement.dataset.theme = state.dark ? 'dark' : 'light';
    body.hidden = isEmpty;
    start.element.hidden = !isEmpty;
    const theme = themeOf(state);
    header.update({
      ...state,
      theme,
      level: shownLevel(state),
      counters: shownCounters(state),
      conditions: conditionsOf(state.filter),
    });
    filterBar.update({
      filter: state.filter,
      isOpen: state.isFilterOpen && !isEmpty,
      status: filterStatus(state, filtering),
    });
    strip.update(state.runs, theme);
    showTimeline();
    panel.update(state.tab, state.selection);
  };
  const follow = createFollowSelection();
  const select = (wanted: Selection | undefined): void => {
    // What is wanted may have been found in what a run was some reports ago.
    const next = follow(wanted, state.runs);
    state.selection = next;
    if (next !== undefined) state.tab = 'selection';
    showTimeline();
    panel.update(state.tab, state.selection);
    links.save();
  };
  /** Changes what the page shows. */
  const change = (part: Partial<typeof state>): void => {
    Object.assign(state, part);
    refresh();
    links.save();
  };
  const goTo = (next: Selection, from: number, to: number): void => {
    const pad = Math.max((to - from) * 0.5, 500);
    nav.jump({ from: from - pad, to: to + pad });
    select(next);
  };

  const openRuns = createOpenRuns(alerts, () => {
    const runs = openRuns.shown();
    nav.setLimits({ from: 0, to: Math.max(1, ...runs.map(({ open }) => open.data.durationNs)) });
    change({ runs, selection: follow(state.selection, runs) });
  });
  const openAll = (sources: readonly RunSource[]): void => void openRuns.openAll(sources);
  const context: DetailContext = {
    get runs() {
      return state.runs;
    },
    get theme() {
      return themeOf(state);
    },
    nav,
    isShown: (selection) => state.tab === 'selection' && state.selection === selection,
    goTo,
  };
  const links = createLinks(state, nav, link, { select, refresh });
  const search = createSearch(context);
  const filterBar = createFilterBar((filter) => change({ filter }));
  const strip = createFindingsStrip(goTo);
  const panel = createPanel(context, { choose: (tab) => change({ tab }), goToMoment: nav.jumpTo });
  const timeline = createTimeline(nav, {
    select,
    toggleGpc: (run, gpc) => change({ toggled: toggledIn(state.toggled, gpcKey(run, gpc)) }),
    closeRun: (run) => {
      select(undefined);
      openRuns.close(run.id);
    },
  });
  const runPanel = createRunPanel({
    ...openRuns.simulated,
    begin: (policies) => {
      select(undefined);
      openRuns.simulated.begin(policies);
    },
    progress: alerts.progress,
    error: alerts.error,
  });
  const start = createStart({
    openFiles: openAll,
    runScenario: runPanel.show,
    openUrl: (url) => openAll([sourceAt(url)]),
  });
  const header = createHeader({
    fit: nav.fit,
    toggleCounters: () => change({ counters: !shownCounters(state) }),
    toggleFilter: () => change({ isFilterOpen: !state.isFilterOpen }),
    setLevel: (level) => change({ level, toggled: new Set() }),
    toggleTheme: () => change({ dark: !state.dark }),
    showHelp: help.show,
    showRun: runPanel.show,
    openFiles: openAll,
    toggleTenant: (name) => change({ hidden: toggledIn(state.hidden, name) }),
    exportAs: (format) => {
      const plot = timeline.state();
      if (plot !== undefined) exportAs(format, plot, { width: timeline.width, ...timeline.scroll });
    },
    search: search.element,
  });
  const body = h('main', { class: 'body' }, timeline.element, panel.element);
  root.append(
    ...[header, filterBar, alerts, strip].map(({ element }) => element),
    body,
    ...[start, runPanel, help].map(({ element }) => element),
  );

  const pointerTime = (): number => timeline.pointerTime();
  listenKeys({
    ...selectionKeys(state, nav, pointerTime, select),
    nav,
    pointerTime,
    search: search.focus,
    filter: () => {
      change({ isFilterOpen: true });
      filterBar.focus();
    },
    help: help.toggle,
    mark: () => change({ marks: [...state.marks, pointerTime()] }),
    clear: () => {
      if (help.hide() || runPanel.hide()) return;
      if (state.selection === undefined) state.marks = [];
      select(undefined);
    },
  });
  onDrop(document.body, (sources, problem) => {
    if (problem !== undefined) alerts.error(problem);
    openAll(sources);
  });

  refresh();
  if (link.runs.length > 0) {
    start.element.hidden = true;
    void openRuns.openAll(link.runs.map(sourceAt)).then(() => {
      links.follow(link);
      document.documentElement.dataset.opened = String(Math.round(performance.now()));
    });
  }
  Object.assign(window, {
    lithosViewer: {
      frames: () => timeline.frames,
      runs: () => state.runs,
      span: () => nav.span,
      state: timeline.state,
    },
  });
}

const sourceAt = (address: string): RunSource => sourceOf(address, document.baseURI);
