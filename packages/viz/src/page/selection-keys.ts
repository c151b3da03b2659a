import { type Found, nextIdle, stepAtom, stepStream } from '../view/key-selection.ts';
import type { KeyActions } from '../view/keys.ts';
import type { Navigator } from '../view/navigator.ts';
import type { Selection } from '../view/selection.ts';
import type { PageState } from './page-state.ts';

/** What the keys do that select something: atoms, idle stretches, the span that is shown. */
export function selectionKeys(
  state: PageState,
  nav: Navigator,
  pointerTime: () => number,
  select: (selection: Selection) => void,
): Pick<KeyActions, 'step' | 'stepStream' | 'nextIdle' | 'selectShown' | 'focusSelection'> {
  /** Selects what a key led to, and moves so far that it is seen. */
  const take = (found: Found | undefined): void => {
    if (found === undefined) return;
    const { from, to } = found.span;
    if (from < nav.span.from || to > nav.span.to) {
      const half = Math.max(nav.span.to - nav.span.from, (to - from) * 1.2) / 2;
      nav.show({ from: (from + to) / 2 - half, to: (from + to) / 2 + half });
    }
    select(found.selection);
  };
  return {
    step: (by) => take(stepAtom(state.runs, state.selection, pointerTime(), by)),
    stepStream: (by) => take(stepStream(state.runs, state.selection, pointerTime(), by)),
    nextIdle: () => take(nextIdle(state.runs, state.selection, pointerTime())),
    selectShown: () => select({ kind: 'range', ...nav.span }),
    focusSelection: () => {
      const { selection } = state;
      if (selection?.kind === 'range') nav.jump({ from: selection.from, to: selection.to });
    },
  };
}
