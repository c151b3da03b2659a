import { isStolen } from './atom-keys.ts';
import { KINDS } from './atom-kinds.ts';
import type { Atoms } from './atoms.ts';

/** Which atoms are brought out; those that are not are dimmed. An atom is brought out if all hold. */
export interface Filter {
  /** A part of the kernel's name, in any case; empty for all. */
  readonly kernel: string;
  /** On TPCs of the tenant's own quota or of nobody's, or on stolen ones. */
  readonly held: 'own' | 'stolen' | undefined;
  readonly prediction: 'met' | 'missed' | 'none' | undefined;
  readonly size: 'right-sized' | 'as-asked' | undefined;
  readonly launch: 'whole' | 'cut' | undefined;
}

export const NO_FILTER: Filter = {
  kernel: '',
  held: undefined,
  prediction: undefined,
  size: undefined,
  launch: undefined,
};

/** How many conditions a filter has. */
export function conditionsOf({ kernel, held, prediction, size, launch }: Filter): number {
  const others = [held, prediction, size, launch].filter((one) => one !== undefined);
  return others.length + (kernel === '' ? 0 : 1);
}

/** Whether it asks for what `readKinds` reads. */
export function asksForKinds({ prediction, size, launch }: Filter): boolean {
  return prediction !== undefined || size !== undefined || launch !== undefined;
}

/** Whether it looks at each atom; whether a TPC is stolen is known of all time that is summed up. */
export function asksForAtoms(filter: Filter): boolean {
  return filter.kernel !== '' || asksForKinds(filter);
}

/** Whether time on a TPC, held as its own or stolen, is dimmed. */
export function dimsHeld({ held }: Filter, stolen: boolean): boolean {
  return held !== undefined && stolen !== (held === 'stolen');
}

/**
 * The atoms of a run with each key twice, the second time for atoms that do not match: so they are
 * summed up apart from those that do, whatever the window.
 * @param kinds what `readKinds` gave, if the filter asks for it
 */
export function splitAtoms(atoms: Atoms, filter: Filter, kinds: Uint8Array | undefined): Atoms {
  const { keys } = atoms;
  const part = filter.kernel.toLowerCase();
  const isKernel = atoms.kernels.map((name) => name.toLowerCase().includes(part));
  const isKind = Array.from({ length: 16 }, (_, kind) => hasKind(filter, kind));
  const tracks = atoms.tracks.map((track) => ({
    ...track,
    key: track.key.map((key, i) => {
      const kind = kinds?.[track.row[i] as number] ?? 0;
      return isKernel[track.kernel[i] as number] && isKind[kind] ? key : key + keys.length;
    }),
  }));
  return { ...atoms, tracks, keys: [...keys, ...keys], dimmedFrom: keys.length };
}

function hasKind({ prediction, size, launch }: Filter, kind: number): boolean {
  const is = (one: keyof typeof KINDS): boolean => (kind & KINDS[one]) !== 0;
  const predicted = !is('predicted') ? 'none' : is('missed') ? 'missed' : 'met';
  return (
    (prediction === undefined || prediction === predicted) &&
    (size === undefined || (size === 'right-sized') === is('rightSized')) &&
    (launch === undefined || (launch === 'cut') === is('cut'))
  );
}

/** Whether atoms of a key match: on any of their TPCs, where that depends on the TPC. */
export function matchesKey(
  { keys, dimmedFrom, classes, ownerOfClass }: Atoms,
  filter: Filter,
  k: number,
): boolean {
  const key = keys[k];
  if (key === undefined || k >= dimmedFrom) return false;
  if (filter.held === undefined) return true;
  for (
    let m = classes.starts[key.set] as number;
    m < (classes.starts[key.set + 1] as number);
    m++
  ) {
    const owner = ownerOfClass[classes.members[m] as number] as number;
    if (!dimsHeld(filter, isStolen(key, owner))) return true;
  }
  return false;
}

/** How many atoms match, of those of tenants that are shown. */
export function countMatching(
  atoms: Atoms,
  filter: Filter,
  isShown: (tenant: number) => boolean,
): number {
  const isMatching = atoms.keys.map((_, k) => matchesKey(atoms, filter, k));
  let count = 0;
  for (const { tenant, key } of atoms.tracks) {
    if (!isShown(tenant)) continue;
    for (let i = 0; i < key.length; i++) if (isMatching[key[i] as number]) count += 1;
  }
  return count;
}
