import {
  asksForAtoms,
  asksForKinds,
  countMatching,
  type Filter,
  splitAtoms,
} from '../data/filter.ts';
import { ClosedRun } from '../data/open-in-worker.ts';
import { sumUpInParts } from '../data/sums.ts';
import { WindowSums } from '../data/window.ts';
import type { Alerts } from '../view/alerts.ts';
import type { PlotRun } from '../view/plot.ts';

/** Runs as a filter shows them: what it dims is summed up apart from the rest. */
export interface Filtering {
  /** What there is to show; as long as it is worked on, what was shown before. */
  shown(runs: readonly PlotRun[], filter: Filter): readonly PlotRun[];
  /** True if all that can be filtered is shown by this filter. */
  isDone(runs: readonly PlotRun[], filter: Filter): boolean;
  /** True if a run could not be filtered, and is shown whole. */
  hasFailed(run: PlotRun, filter: Filter): boolean;
  /** Atoms of a run, as `shown` gave it, that match. */
  count(run: PlotRun, filter: Filter, hidden: ReadonlySet<string>): number;
}

/** How long a run is summed up before the page may do something else, ms. */
const SLICE_MS = 12;

/** @param changed called when there is something else to show */
export function createFiltering(alerts: Alerts, changed: () => void): Filtering {
  /** Of each run, how it is shown, and by which filter; nothing if it could not be filtered by it. */
  const split = new WeakMap<PlotRun, { readonly by: string; readonly run: PlotRun | undefined }>();
  const counts = new WeakMap<PlotRun, { readonly key: string; readonly count: number }>();
  let wanted = '';
  let working: string | undefined;
  let last: readonly PlotRun[] = [];

  const left = (runs: readonly PlotRun[], filter: Filter): readonly PlotRun[] => {
    const by = nameOf(filter);
    return asksForAtoms(filter)
      ? runs.filter((run) => canSplit(run) && split.get(run)?.by !== by)
      : [];
  };
  const work = async (runs: readonly PlotRun[], filter: Filter, by: string): Promise<void> => {
    for (const run of runs) {
      let found: PlotRun | undefined;
      try {
        const kinds = asksForKinds(filter) ? await run.open.kinds() : undefined;
        found = await splitRun(run, filter, kinds, () => by === wanted);
        if (found === undefined) return;
      } catch (error) {
        if (error instanceof ClosedRun) continue;
        // It is shown whole until another filter is tried.
        const why = error instanceof Error ? error.message : String(error);
        alerts.error({
          message: `${run.open.data.name}: its atoms cannot be filtered (${why})`,
          fix: 'open the run again',
        });
      }
      if (by !== wanted) return;
      split.set(run, { by, run: found });
    }
  };
  const prepare = (runs: readonly PlotRun[], filter: Filter): void => {
    wanted = nameOf(filter);
    const by = wanted;
    const missing = left(runs, filter);
    if (missing.length === 0 || working === by) return;
    working = by;
    void work(missing, filter, by).finally(() => {
      if (working === by) working = undefined;
      changed();
    });
  };

  return {
    shown: (runs, filter) => {
      prepare(runs, filter);
      const next = asksForAtoms(filter) ? runs.map((run) => split.get(run)?.run ?? run) : runs;
      const isSame = next.length === last.length && next.every((run, i) => run === last[i]);
      if (!isSame) last = next;
      return last;
    },
    isDone: (runs, filter) => left(runs, filter).length === 0,
    hasFailed: (run, filter) => {
      const done = split.get(run);
      return asksForAtoms(filter) && done?.by === nameOf(filter) && done.run === undefined;
    },
    count: (run, filter, hidden) => {
      const { atoms } = run;
      if (atoms === undefined) return 0;
      const key = JSON.stringify([filter.held, ...hidden]);
      const before = counts.get(run);
      if (before?.key === key) return before.count;
      const { tenants } = run.open.data;
      const count = countMatching(atoms, filter, (t) => !hidden.has(tenants[t]?.name ?? ''));
      counts.set(run, { key, count });
      return count;
    },
  };
}

/** Names what of a filter runs are split by. */
function nameOf({ kernel, prediction, size, launch }: Filter): string {
  return JSON.stringify([kernel.toLowerCase(), prediction, size, launch]);
}

/** Of a run that goes on only sums are known. */
export function canSplit({ atoms }: PlotRun): boolean {
  return atoms !== undefined && atoms.tracks.length > 0;
}

/** Splits a run, unless it is no longer wanted. */
async function splitRun(
  run: PlotRun,
  filter: Filter,
  kinds: Uint8Array | undefined,
  isWanted: () => boolean,
): Promise<PlotRun | undefined> {
  if (run.atoms === undefined) return run;
  const atoms = splitAtoms(run.atoms, filter, kinds);
  const parts = sumUpInParts(atoms, run.open.data.durationNs);
  let until = performance.now() + SLICE_MS;
  for (let part = parts.next(); ; part = parts.next()) {
    if (part.done) {
      return { ...run, atoms, sums: part.value, windows: new WindowSums(atoms, part.value) };
    }
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!isWanted()) return undefined;
    until = performance.now() + SLICE_MS;
  }
}
