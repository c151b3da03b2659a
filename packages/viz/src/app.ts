import { type OpenRun, openInWorker, RefusedRun } from './data/open-in-worker.ts';
import type { RunSource } from './data/sources.ts';
import { createLiveRuns } from './run/live-runs.ts';
import { createRunPanel } from './run/run-panel.ts';
import { createAlerts } from './view/alerts.ts';
import { showDetail } from './view/detail-panel.ts';
import { fill, h } from './view/dom.ts';
import { onDrop } from './view/drop.ts';
import { exportPng, exportReport, exportSvg } from './view/export.ts';
import { findings } from './view/findings.ts';
import { createHeader } from './view/header.ts';
import { createHelp } from './view/help.ts';
import { type Found, nextIdle, stepAtom, stepStream } from './view/key-selection.ts';
import { listenKeys } from './view/keys.ts';
import type { Level } from './view/layout.ts';
import { type LinkState, readLink, sourceOf, writeLink } from './view/link.ts';
import { createNavigator } from './view/navigator.ts';
import { overview } from './view/overview-panel.ts';
import { type PlotRun, plotRun } from './view/plot.ts';
import { tenantNames } from './view/run-names.ts';
import { createSearch } from './view/search.ts';
import type { Selection } from './view/selection.ts';
import { linkOfSelection, selectionOfLink } from './view/selection-link.ts';
import { createStart } from './view/start.ts';
import { arrowsBetweenTabs } from './view/tabs.ts';
import { type Theme, tenantColour, theme } from './view/theme.ts';
import { createTimeline } from './view/timeline.ts';

/** What stands before a finding, by whether it is good. */
const MARKS: Readonly<Record<string, string>> = { true: '✓', false: '✕', undefined: '·' };

/** Builds the page and keeps its state. */
export function startApp(root: HTMLElement): void {
  const nav = createNavigator();
  let runs: readonly PlotRun[] = [];
  let level: Level | undefined;
  let toggled: ReadonlySet<string> = new Set();
  let hidden: ReadonlySet<string> = new Set();
  let selection: Selection | undefined;
  let marks: readonly number[] = readLink(location).marks;
  let tab: 'overview' | 'selection' = 'overview';
  let counters: boolean | undefined;
  let dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const link: LinkState = readLink(location);
  if (link.dark !== undefined) dark = link.dark;

  // Runs that were opened; those that are simulated here come before them.
  let opened: readonly PlotRun[] = [];
  const live = createLiveRuns(() => showRuns());
  const colours = (): Theme => theme(dark, tenantNames(runs.map(({ open: run }) => run.data)));
  const alerts = createAlerts();
  const help = createHelp();
  const panelBody = h('div', { class: 'panel-body', role: 'tabpanel', tabindex: 0 });
  const tabs = h('div', { class: 'tabs', role: 'tablist' });
  arrowsBetweenTabs(tabs);
  const panel = h(
    'aside',
    { class: 'panel', 'aria-label': 'Figures and details' },
    tabs,
    panelBody,
  );
  const strip = h('div', { class: 'findings' });
  const timeline = createTimeline(nav, {
    select: (next) => select(next),
    toggleGpc: (run, gpc) => {
      const key = `${run}:${gpc}`;
      const next = new Set(toggled);
      if (!next.delete(key)) next.add(key);
      toggled = next;
      refresh();
    },
    closeRun: (index) => {
      const run = runs[index];
      if (run === undefined) return;
      toggled = new Set();
      select(undefined);
      if (live.close(run)) return;
      run.open.close();
      opened = opened.filter((one) => one !== run);
      showRuns();
    },
  });
  const context = {
    get runs() {
      return runs;
    },
    get theme() {
      return colours();
    },
    nav,
    goTo: (next: Selection, from: number, to: number): void => {
      const pad = Math.max((to - from) * 0.5, 500);
      nav.jump({ from: from - pad, to: to + pad });
      select(next);
    },
  };
  const search = createSearch(context);
  const runPanel = createRunPanel({
    begin: (policies) => {
      for (const run of opened) run.open.close();
      opened = [];
      select(undefined);
      live.begin(policies);
    },
    progress: (text) => alerts.progress(text),
    live: live.update,
    finished: (policy, files) =>
      void live.finish(policy, async () => {
        const run = await load({ kind: 'memory', name: policy, files });
        return run && plotRun(run);
      }),
    forget: live.forget,
    error: (refusal) => alerts.error(refusal),
  });
  const start = createStart({
    openFiles: (sources) => void openAll(sources),
    runScenario: () => runPanel.show(),
    openUrl: (url) => void openAll([sourceAt(url)]),
  });
  const header = createHeader({
    fit: () => nav.fit(),
    toggleCounters: () => {
      counters = !shownCounters();
      refresh();
    },
    setLevel: (next) => {
      level = next;
      toggled = new Set();
      refresh();
    },
    toggleTheme: () => {
      dark = !dark;
      refresh();
      save();
    },
    showHelp: () => help.show(),
    showRun: () => runPanel.show(),
    openFiles: (sources) => void openAll(sources),
    toggleTenant: (name) => {
      const next = new Set(hidden);
      if (!next.delete(name)) next.add(name);
      hidden = next;
      refresh();
    },
    exportAs: (format) => {
      const state = timeline.state();
      if (state === undefined) return;
      const view = { width: timeline.width, ...timeline.scroll };
      if (format === 'png') exportPng(state, view);
      else if (format === 'svg') exportSvg(state, view);
      else exportReport(state, timeline.width);
    },
    search: search.element,
  });
  const body = h('main', { class: 'body' }, timeline.element, panel);
  root.append(
    header.element,
    alerts.element,
    strip,
    body,
    start.element,
    runPanel.element,
    help.element,
  );

  const requestLanes = (): ReadonlyMap<string, number> => {
    const lanes = new Map<string, number>();
    for (const { open: run } of runs) {
      run.data.tenants.forEach(({ name }, t) => {
        lanes.set(name, Math.max(lanes.get(name) ?? 1, run.data.requests?.lanes[t] ?? 1));
      });
    }
    return lanes;
  };
  // Where runs are compared on a small screen, what is compared comes first.
  const shownCounters = (): boolean => counters ?? (runs.length < 2 || innerHeight >= 1000);
  const shownLevel = (): Level => level ?? (runs.length > 1 ? 'gpc' : 'tpc');

  const refresh = (): void => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    const any = runs.length > 0;
    body.hidden = !any;
    strip.hidden = !any;
    start.element.hidden = any;
    const shown = colours();
    header.update({
      runs,
      theme: shown,
      level: shownLevel(),
      hidden,
      dark,
      counters: shownCounters(),
    });
    timeline.update({
      runs,
      theme: shown,
      selection,
      marks,
      layout: {
        level: shownLevel(),
        toggled,
        requestLanes: requestLanes(),
        compact: runs.length > 1,
        counters: shownCounters(),
        hiddenTenants: hidden,
      },
    });
    fill(
      strip,
      ...findings(runs).map((finding) =>
        h(
          'button',
          {
            class: finding.good === false ? 'finding bad' : 'finding',
            style: `border-left-color:${tenantColour(shown, finding.tenant)}`,
            title: finding.worst === undefined ? '' : 'Show the request that waited longest',
            onclick: () => {
              const run = runs[finding.run];
              if (run === undefined || finding.worst === undefined) return;
              const next: Selection = { kind: 'request', run: run.open, index: finding.worst };
              context.goTo(next, finding.from, finding.to);
            },
          },
          `${MARKS[String(finding.good)]} ${finding.text}`,
        ),
      ),
    );
    showPanel();
  };

  /** Shows a moment with a tenth of the run's time around it, or less if less is shown. */
  const goToMoment = (at: number): void => {
    const half = Math.min(nav.span.to - nav.span.from, nav.limits.to / 10) / 2;
    nav.jump({ from: at - half, to: at + half });
  };

  const showPanel = (): void => {
    const button = (name: typeof tab, text: string): HTMLElement =>
      h(
        'button',
        {
          role: 'tab',
          'aria-selected': String(tab === name),
          tabindex: tab === name ? 0 : -1,
          onclick: () => {
            tab = name;
            showPanel();
          },
        },
        text,
      );
    fill(
      tabs,
      button('overview', runs.length > 1 ? 'Compare' : 'Figures'),
      button('selection', 'Selection'),
    );
    if (tab === 'overview') fill(panelBody, ...overview(runs, colours(), goToMoment));
    else showDetail(panelBody, selection, context);
  };

  function select(next: Selection | undefined): void {
    selection = next;
    if (next !== undefined) tab = 'selection';
    timeline.update({
      runs,
      theme: colours(),
      selection,
      marks,
      layout: {
        level: shownLevel(),
        toggled,
        requestLanes: requestLanes(),
        compact: runs.length > 1,
        counters: shownCounters(),
        hiddenTenants: hidden,
      },
    });
    showPanel();
    save();
  }

  const showRuns = (): void => {
    runs = [...live.shown(), ...opened];
    const to = Math.max(1, ...runs.map(({ open: run }) => run.data.durationNs));
    nav.setLimits({ from: 0, to });
    refresh();
    save();
  };

  async function open(source: RunSource): Promise<void> {
    const run = await load(source);
    if (run === undefined) return;
    opened = [...opened, plotRun(run)];
    showRuns();
  }

  async function load(source: RunSource): Promise<OpenRun | undefined> {
    const progress = alerts.progress(`opening ${source.name}`);
    try {
      return await openInWorker(source, (share, what) => progress.update(share, what));
    } catch (error) {
      const refusal =
        error instanceof RefusedRun
          ? error.refusal
          : {
              code: 'E_VIEW',
              message: error instanceof Error ? error.message : String(error),
              fix: undefined,
            };
      alerts.error(refusal);
      return undefined;
    } finally {
      progress.done();
    }
  }

  async function openAll(sources: readonly RunSource[]): Promise<void> {
    await Promise.all(sources.map(open));
    order(sources);
  }

  /** Runs open in parallel; they are shown in the order in which they were asked for. */
  const order = (sources: readonly RunSource[]): void => {
    const place = (run: PlotRun): number => sources.indexOf(run.open.source);
    opened = [...opened].sort((a, b) => place(a) - place(b));
    showRuns();
  };

  /** Addresses of the runs that a link can keep. */
  const addresses = (): readonly string[] =>
    runs.flatMap(({ open: { source } }) => (source.kind === 'url' ? [source.address] : []));

  let saving: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(saving);
    saving = setTimeout(() => {
      writeLink({
        runs: addresses(),
        span:
          nav.span.from === nav.limits.from && nav.span.to === nav.limits.to ? undefined : nav.span,
        selection: selection && linkOfSelection(selection, runs),
        level,
        marks,
        dark:
          link.dark === undefined && dark === matchMedia('(prefers-color-scheme: dark)').matches
            ? undefined
            : dark,
      });
    }, 250);
  };
  nav.onChange(save);

  listenKeys({
    nav,
    pointerTime: () => timeline.pointerTime(),
    search: () => search.focus(),
    help: () => help.toggle(),
    mark: () => {
      marks = [...marks, timeline.pointerTime()];
      refresh();
      save();
    },
    clear: () => {
      if (help.hide() || runPanel.hide()) return;
      if (selection === undefined) marks = [];
      select(undefined);
    },
    step: (by) => selectByKey(stepAtom(runs, selection, timeline.pointerTime(), by)),
    stepStream: (by) => selectByKey(stepStream(runs, selection, timeline.pointerTime(), by)),
    nextIdle: () => selectByKey(nextIdle(runs, selection, timeline.pointerTime())),
    selectShown: () => select({ kind: 'range', ...nav.span }),
    focusSelection: () => {
      if (selection?.kind === 'range') nav.jump({ from: selection.from, to: selection.to });
    },
  });

  /** Selects what a key led to, and moves so far that it is seen. */
  const selectByKey = (found: Found | undefined): void => {
    if (found === undefined) return;
    const { from, to } = found.span;
    if (from < nav.span.from || to > nav.span.to) {
      const half = Math.max(nav.span.to - nav.span.from, (to - from) * 1.2) / 2;
      nav.show({ from: (from + to) / 2 - half, to: (from + to) / 2 + half });
    }
    select(found.selection);
  };

  onDrop(document.body, (sources, problem) => {
    if (problem !== undefined) alerts.error(problem);
    void openAll(sources);
  });
  /** Shows what a link to the runs that are open keeps. */
  const follow = (to: LinkState): void => {
    if (to.level !== undefined) level = to.level;
    if (to.dark !== undefined) dark = to.dark;
    if (to.span !== undefined) nav.show(to.span);
    marks = to.marks;
    const wanted = to.selection === undefined ? undefined : selectionOfLink(to.selection, runs);
    if (wanted !== undefined) select(wanted);
    refresh();
  };
  addEventListener('hashchange', () => {
    const to = readLink(location);
    if (to.runs.join(' ') !== addresses().join(' ')) {
      location.reload();
      return;
    }
    // What the link does not say is as it is at first.
    level = undefined;
    tab = 'overview';
    select(undefined);
    follow({ ...to, span: to.span ?? nav.limits });
  });

  refresh();
  if (link.runs.length > 0) {
    start.element.hidden = true;
    void openAll(link.runs.map(sourceAt)).then(() => {
      follow(link);
      document.documentElement.dataset.opened = String(Math.round(performance.now()));
    });
  }
  Object.assign(window, {
    lithosViewer: {
      frames: () => timeline.frames,
      runs: () => runs,
      span: () => nav.span,
      state: () => timeline.state(),
    },
  });
}

const sourceAt = (address: string): RunSource => sourceOf(address, document.baseURI);
