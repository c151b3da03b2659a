import type { Filter } from '../data/filter.ts';
import type { RunSource } from '../data/sources.ts';
import type { Level } from './layout.ts';
import type { Span } from './navigator.ts';

/** What a link keeps. */
export interface LinkState {
  /** Addresses of run folders. */
  readonly runs: readonly string[];
  readonly span: Span | undefined;
  readonly selection: string | undefined;
  readonly level: Level | undefined;
  readonly dark: boolean | undefined;
  /** Moments that were marked, ns. */
  readonly marks: readonly number[];
  readonly filter: Filter;
  /** Tenants that are dimmed. */
  readonly hidden: readonly string[];
}

const LEVELS: readonly Level[] = ['tpc', 'gpc', 'device'];

/** Reads `?run=…` and `#run=…&t=FROM,TO&sel=…&m=AT,AT…&kernel=…&dim=…`; what is not understood is left out. */
export function readLink({
  search,
  hash,
}: {
  readonly search: string;
  readonly hash: string;
}): LinkState {
  const query = new URLSearchParams(search);
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const fromHash = params.getAll('run');
  const [from, to] = (params.get('t') ?? '').split(',').map(Number);
  const isSpan = from !== undefined && to !== undefined && from >= 0 && to > from;
  const level = oneOf(LEVELS, params.get('level'));
  const look = params.get('theme') ?? query.get('theme');
  return {
    runs: fromHash.length > 0 ? fromHash : query.getAll('run'),
    span: isSpan ? { from, to } : undefined,
    selection: params.get('sel') ?? undefined,
    level,
    dark: look === 'dark' ? true : look === 'light' ? false : undefined,
    marks: (params.get('m') ?? '')
      .split(',')
      .filter((mark) => /^\d+$/.test(mark))
      .map(Number),
    filter: {
      kernel: (params.get('kernel') ?? '').trim(),
      held: oneOf(['own', 'stolen'], params.get('held')),
      prediction: oneOf(['met', 'missed', 'none'], params.get('prediction')),
      size: oneOf(['right-sized', 'as-asked'], params.get('size')),
      launch: oneOf(['whole', 'cut'], params.get('launch')),
    },
    hidden: params.getAll('dim'),
  };
}

/** A text, if it is one of some. */
function oneOf<T extends string>(some: readonly T[], text: string | null): T | undefined {
  return some.find((one) => one === text);
}

/** The fragment of a link. */
export function linkOf(state: LinkState): string {
  const params = new URLSearchParams();
  for (const run of state.runs) params.append('run', run);
  if (state.span !== undefined) {
    params.set('t', `${Math.round(state.span.from)},${Math.round(state.span.to)}`);
  }
  if (state.selection !== undefined) params.set('sel', state.selection);
  if (state.level !== undefined) params.set('level', state.level);
  if (state.dark !== undefined) params.set('theme', state.dark ? 'dark' : 'light');
  if (state.marks.length > 0) params.set('m', state.marks.map(Math.round).join());
  for (const [name, value] of Object.entries(state.filter)) if (value) params.set(name, value);
  for (const name of state.hidden) params.append('dim', name);
  return params.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/**
 * Puts the state into the fragment of the page's address, without a step in the browser's history.
 * A query goes: what it asked for is in the fragment as long as it is shown.
 */
export function writeLink(state: LinkState): void {
  const address = new URL(location.href);
  address.search = '';
  address.hash = linkOf(state);
  history.replaceState(null, '', address);
}

/** The run folder behind an address, as it was given; one that is malformed is named as it stands. */
export function sourceOf(address: string, base: string): RunSource {
  const last = address.replace(/\/+$/, '').split('/').at(-1) || address;
  const name = orElse(() => decodeURIComponent(last), last);
  const url = orElse(() => new URL(address, base).href, address);
  return { kind: 'url', name, address, url };
}

/** What is computed, or something else if that throws. */
function orElse<T>(compute: () => T, other: T): T {
  try {
    return compute();
  } catch {
    return other;
  }
}
