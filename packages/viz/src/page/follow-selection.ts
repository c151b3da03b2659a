import type { OpenRun } from '../data/open-in-worker.ts';
import type { RunData } from '../data/run-data.ts';
import type { PlotRun } from '../view/plot.ts';
import type { Selection } from '../view/selection.ts';

/** What is selected, in the runs as they are now; `undefined` if they do not have it. */
export type FollowSelection = (
  selection: Selection | undefined,
  runs: readonly PlotRun[],
) => Selection | undefined;

/**
 * Follows selections through reports of runs that go on: each report is another `OpenRun`. Has to be
 * called with each list of runs, to know which ids they had.
 */
export function createFollowSelection(): FollowSelection {
  const ids = new WeakMap<OpenRun, string>();
  return (selection, runs) => {
    for (const { id, open } of runs) ids.set(open, id);
    if (selection === undefined || selection.kind === 'range') return selection;
    if (runs.some(({ open }) => open === selection.run)) return selection;
    const id = ids.get(selection.run);
    const run = runs.find((one) => one.id === id)?.open;
    // Only requests are known of a run that goes on.
    if (run === undefined || selection.kind !== 'request') return undefined;
    const index = indexIn(run.data, selection.run.data, selection.index);
    return index < 0 ? undefined : { kind: 'request', run, index };
  };
}

type WithRequests = Pick<RunData, 'requests'>;

/** Place of a request in a later report of its run, by its tenant and number; -1 if it has none. */
function indexIn(
  { requests: now }: WithRequests,
  { requests: before }: WithRequests,
  index: number,
): number {
  if (now === undefined || before === undefined) return -1;
  const t = before.starts.findIndex((from) => index < from) - 1;
  const from = now.starts[t] ?? 0;
  const to = now.starts[t + 1] ?? 0;
  const place = now.number.subarray(from, to).indexOf(before.number[index] as number);
  return place < 0 ? -1 : from + place;
}
