import type { AtomKey } from './atom-keys.ts';
import type { AtomTrack } from './atom-tracks.ts';
import type { SetWords } from './tpc-classes.ts';

/** Whether atoms of two tracks ever hold the same TPC at the same time. */
export function findSharing(
  tracks: readonly AtomTrack[],
  keys: readonly AtomKey[],
  sets: readonly SetWords[],
): boolean {
  const meet = (a: number, b: number): boolean =>
    intersect(sets[keys[a]?.set as number], sets[keys[b]?.set as number]);
  for (let i = 0; i < tracks.length; i++) {
    for (let k = i + 1; k < tracks.length; k++) {
      if (tracksShare(tracks[i] as AtomTrack, tracks[k] as AtomTrack, meet)) return true;
    }
  }
  return false;
}

function tracksShare(
  one: AtomTrack,
  other: AtomTrack,
  meet: (a: number, b: number) => boolean,
): boolean {
  let i = 0;
  let k = 0;
  while (i < one.start.length && k < other.start.length) {
    const oneEnd = one.end[i] as number;
    const otherEnd = other.end[k] as number;
    if ((one.start[i] as number) < otherEnd && (other.start[k] as number) < oneEnd) {
      if (meet(one.key[i] as number, other.key[k] as number)) return true;
    }
    if (oneEnd <= otherEnd) i += 1;
    else k += 1;
  }
  return false;
}

function intersect(a: SetWords | undefined, b: SetWords | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return ((a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2])) !== 0;
}
