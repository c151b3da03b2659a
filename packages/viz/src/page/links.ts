import { conditionsOf } from '../data/filter.ts';
import { type LinkState, readLink, writeLink } from '../view/link.ts';
import type { Navigator } from '../view/navigator.ts';
import type { Selection } from '../view/selection.ts';
import { linkOfSelection, selectionOfLink } from '../view/selection-link.ts';
import { type PageState, prefersDark } from './page-state.ts';

/** The page's address: keeps what is shown, and shows what it is changed to. */
export interface Links {
  /** Puts into the address what is shown, once nothing changed for a moment, or a second later. */
  save(): void;
  /** Shows what a link to the runs that are open keeps. */
  follow(link: LinkState): void;
}

const PAUSE_MS = 250;
/** Runs that go on report so often that there may be no pause: then it is saved all the same. */
const LATEST_MS = 1000;

/** @param first the link that the page was opened by */
export function createLinks(
  state: PageState,
  nav: Navigator,
  first: LinkState,
  actions: { select(selection: Selection | undefined): void; refresh(): void },
): Links {
  /** Addresses of the runs that a link can keep. */
  const addresses = (): readonly string[] =>
    state.runs.flatMap(({ open: { source } }) => (source.kind === 'url' ? [source.address] : []));

  let unsavedSince: number | undefined;
  const write = (): void => {
    unsavedSince = undefined;
    const { runs, selection, level, marks, dark, filter, hidden } = state;
    const isWhole = nav.span.from === nav.limits.from && nav.span.to === nav.limits.to;
    const isUsual = first.dark === undefined && dark === prefersDark();
    writeLink({
      runs: addresses(),
      span: isWhole ? undefined : nav.span,
      selection: selection && linkOfSelection(selection, runs),
      level,
      marks,
      filter,
      hidden: [...hidden],
      dark: isUsual ? undefined : dark,
    });
  };
  // What the first link says stays in the address until it is shown: the page may be reloaded before.
  let isAwaited = first.runs.length > 0;
  let saving: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    if (isAwaited) return;
    clearTimeout(saving);
    const now = performance.now();
    unsavedSince ??= now;
    saving = setTimeout(write, Math.min(PAUSE_MS, unsavedSince + LATEST_MS - now));
  };
  nav.onChange(save);

  const follow = (link: LinkState): void => {
    isAwaited = false;
    if (link.level !== undefined) state.level = link.level;
    if (link.dark !== undefined) state.dark = link.dark;
    if (link.span !== undefined) nav.show(link.span);
    state.marks = link.marks;
    state.filter = link.filter;
    state.hidden = new Set(link.hidden);
    if (conditionsOf(link.filter) > 0) state.isFilterOpen = true;
    const wanted = link.selection && selectionOfLink(link.selection, state.runs);
    if (wanted) actions.select(wanted);
    actions.refresh();
    save();
  };

  addEventListener('hashchange', ({ newURL }) => {
    // What was to be saved may have come into the address since: it is not what is to be shown.
    clearTimeout(saving);
    history.replaceState(null, '', newURL);
    const link = readLink(new URL(newURL));
    // One that names no run is about those that are open.
    if (link.runs.length > 0 && link.runs.join(' ') !== addresses().join(' ')) {
      location.reload();
      return;
    }
    // What the link does not say is as it is at first.
    state.level = undefined;
    state.tab = 'overview';
    actions.select(undefined);
    follow({ ...link, span: link.span ?? nav.limits });
  });
  return { save, follow };
}
