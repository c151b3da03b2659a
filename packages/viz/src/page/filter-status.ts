import { asksForAtoms, conditionsOf } from '../data/filter.ts';
import { formatCount } from '../view/format.ts';
import type { PlotRun } from '../view/plot.ts';
import { runNames } from '../view/run-names.ts';
import { canSplit, type Filtering } from './filtering.ts';
import type { PageState } from './page-state.ts';

/** How many atoms match the filter, run by run, in words; nothing if there is none. */
export function filterStatus(
  { runs, filter, hidden }: Pick<PageState, 'runs' | 'filter' | 'hidden'>,
  filtering: Filtering,
): string {
  if (conditionsOf(filter) === 0 && hidden.size === 0) return '';
  if (!filtering.isDone(runs, filter)) return 'looking through the atoms…';
  const names = runNames(runs.map(({ open }) => open.data));
  const shown = filtering.shown(runs, filter);
  return shown
    .map((run, i) => {
      const of = runs.length > 1 ? `${names[i]}: ` : '';
      if (run.atoms === undefined) return `${of}recorded without atoms`;
      if (!canSplit(run)) {
        return asksForAtoms(filter)
          ? `${of}goes on, and is filtered by TPCs and tenants alone until it is done`
          : `${of}goes on`;
      }
      if (filtering.hasFailed(runs[i] as PlotRun, filter)) {
        return `${of}cannot be filtered, and is shown whole`;
      }
      const count = formatCount(filtering.count(run, filter, hidden));
      return `${of}${count} of ${formatCount(run.atoms.count)} atoms match`;
    })
    .join(' · ');
}
