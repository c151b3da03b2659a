import { conditionsOf, type Filter } from '../data/filter.ts';
import type { Level } from '../view/layout.ts';
import type { LinkState } from '../view/link.ts';
import type { Tab } from '../view/panel.ts';
import type { PlotRun } from '../view/plot.ts';
import { tenantNames } from '../view/run-names.ts';
import type { Selection } from '../view/selection.ts';
import { type Theme, theme } from '../view/theme.ts';
import type { TimelineModel } from '../view/timeline.ts';

/** What the page shows, as the person at it left it; the span of time is the navigator's. */
export interface PageState {
  runs: readonly PlotRun[];
  /** `undefined` as long as the number of runs decides. */
  level: Level | undefined;
  /** GPCs shown at another level than the others: see `gpcKey`. */
  toggled: ReadonlySet<string>;
  /** Names of tenants that are dimmed. */
  hidden: ReadonlySet<string>;
  filter: Filter;
  /** Whether the filter's fields are shown. */
  isFilterOpen: boolean;
  selection: Selection | undefined;
  /** Moments that were marked, ns. */
  marks: readonly number[];
  tab: Tab;
  /** Whether counters are shown; `undefined` as long as the room for them decides. */
  counters: boolean | undefined;
  dark: boolean;
}

/** True if the system asks for dark colours. */
export const prefersDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches;

/** The state in which a page begins: of a link, what holds before its runs are there. */
export function firstState(link: LinkState): PageState {
  return {
    runs: [],
    level: undefined,
    toggled: new Set(),
    hidden: new Set(link.hidden),
    filter: link.filter,
    isFilterOpen: conditionsOf(link.filter) > 0,
    selection: undefined,
    marks: link.marks,
    tab: 'overview',
    counters: undefined,
    dark: link.dark ?? prefersDark(),
  };
}

/** Names a GPC of a run, whichever place the run has. */
export const gpcKey = (run: PlotRun, gpc: number): string => `${run.id}:${gpc}`;

/** What was in a set without a member that was, or with one that was not. */
export function toggledIn(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

export function themeOf({ dark, runs }: PageState): Theme {
  return theme(dark, tenantNames(runs.map(({ open }) => open.data)));
}

// Where runs are compared on a small screen, what is compared comes first.
export function shownCounters({ counters, runs }: PageState): boolean {
  return counters ?? (runs.length < 2 || innerHeight >= 1000);
}

export function shownLevel({ level, runs }: PageState): Level {
  return level ?? (runs.length > 1 ? 'gpc' : 'tpc');
}

/**
 * What the timeline is to show.
 * @param runs the runs as the filter shows them
 */
export function timelineModel(state: PageState, runs: readonly PlotRun[]): TimelineModel {
  const { selection, marks, filter, hidden, toggled } = state;
  const toggledPlaces = runs.flatMap((run, place) =>
    run.open.data.gpcs.flatMap((_, gpc) =>
      toggled.has(gpcKey(run, gpc)) ? [`${place}:${gpc}`] : [],
    ),
  );
  return {
    runs,
    theme: themeOf(state),
    selection,
    marks,
    filter,
    layout: {
      level: shownLevel(state),
      toggled: new Set(toggledPlaces),
      requestLanes: requestLanes(runs),
      compact: runs.length > 1,
      counters: shownCounters(state),
      hiddenTenants: hidden,
    },
  };
}

/** Rows of requests that each tenant needs, over all runs. */
function requestLanes(runs: readonly PlotRun[]): ReadonlyMap<string, number> {
  const lanes = new Map<string, number>();
  for (const { open } of runs) {
    open.data.tenants.forEach(({ name }, t) => {
      lanes.set(name, Math.max(lanes.get(name) ?? 1, open.data.requests?.lanes[t] ?? 1));
    });
  }
  return lanes;
}
