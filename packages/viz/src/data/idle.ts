import { type AtomTrack, firstEndingAfter } from './atom-tracks.ts';
import type { Atoms } from './atoms.ts';
import type { Depth } from './requests.ts';
import type { RunData } from './run-data.ts';

/** Why a TPC stood idle, as far as the record tells. */
export type IdleReason =
  | 'no-work'
  | 'between-steps'
  | 'held-back'
  | 'reserved'
  | 'fewer-tpcs'
  | 'launch-gap'
  | 'context-switch'
  | 'clock-change'
  | 'unknown';

/** What each reason is called, and what it means. */
export const IDLE_REASONS: Readonly<
  Record<IdleReason, { readonly title: string; readonly meaning: string }>
> = {
  'no-work': { title: 'no work', meaning: 'no tenant had a request in the system' },
  'between-steps': {
    title: 'between steps',
    meaning: 'no request or step was under way: the host had not launched the next one',
  },
  'held-back': {
    title: 'held back',
    meaning:
      'the next launch of the same step was not submitted yet: the limit on outstanding work, or the scheduler waiting for a completion',
  },
  reserved: {
    title: 'reserved',
    meaning: 'it is kept for a tenant that had no work, by its quota or part, and was not lent',
  },
  'fewer-tpcs': {
    title: 'not in the set',
    meaning: 'its owner ran on other TPCs: right-sized, or a set chosen before',
  },
  'launch-gap': {
    title: 'launch gap',
    meaning: 'the next atom was on the device already and had not begun',
  },
  'context-switch': {
    title: 'context switch',
    meaning: 'the device switched from one tenant’s context to another’s',
  },
  'clock-change': { title: 'clock change', meaning: 'the SM clock changed in this time' },
  unknown: { title: 'unknown', meaning: 'the record does not tell' },
};

/** An atom: which track, and which of its atoms. */
export interface AtomRef {
  readonly track: number;
  readonly index: number;
}

/** A span in which nobody held a TPC. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly previous: AtomRef | undefined;
  readonly next: AtomRef | undefined;
}

/** Atoms of a track that are looked at to find the next one of a class. */
const FAR = 5000;

const memberships = new WeakMap<Atoms, Map<number, Uint8Array>>();

/** Which keys' sets hold a class: 1 for those. */
function keysOfClass(atoms: Atoms, tpcClass: number): Uint8Array {
  let ofRun = memberships.get(atoms);
  if (ofRun === undefined) {
    ofRun = new Map();
    memberships.set(atoms, ofRun);
  }
  let found = ofRun.get(tpcClass);
  if (found === undefined) {
    const { starts, members } = atoms.classes;
    found = Uint8Array.from(atoms.keys, ({ set }) =>
      members.subarray(starts[set], starts[set + 1]).includes(tpcClass) ? 1 : 0,
    );
    ofRun.set(tpcClass, found);
  }
  return found;
}

/**
 * Gaps on the TPCs of a class between `from` and `to`, from atom to atom, in order.
 * @param far atoms of a track that are looked at, at most, for one that holds the class
 */
export function gapsOf(
  run: RunData,
  tpcClass: number,
  from: number,
  to: number,
  far = FAR,
): readonly Gap[] {
  const { atoms } = run;
  if (atoms === undefined) return [];
  const inClass = keysOfClass(atoms, tpcClass);
  const cursors = atoms.tracks.map((track, t) => {
    let i = firstEndingAfter(track, from);
    // The atom before the window begins the first gap.
    i = Math.max(0, i - 1);
    const first = Math.max(0, i - far);
    while (i > first && !inClass[track.key[i] as number]) i -= 1;
    return { track, t, i };
  });
  const gaps: Gap[] = [];
  let busyUntil = 0;
  let previous: AtomRef | undefined;
  for (;;) {
    let best: (typeof cursors)[number] | undefined;
    for (const cursor of cursors) {
      const { key, start } = cursor.track;
      const last = Math.min(start.length, cursor.i + far);
      while (cursor.i < last && !inClass[key[cursor.i] as number]) cursor.i += 1;
      const at = inClass[key[cursor.i] as number] ? start[cursor.i] : undefined;
      if (at !== undefined && (best === undefined || at < (best.track.start[best.i] as number))) {
        best = cursor;
      }
    }
    const start = best?.track.start[best.i] ?? run.durationNs;
    if (start > busyUntil && start > from) {
      const next = best && { track: best.t, index: best.i };
      gaps.push({ from: busyUntil, to: start, previous, next });
    }
    if (best === undefined || start >= to) return gaps;
    const end = best.track.end[best.i] as number;
    if (end > busyUntil) {
      busyUntil = end;
      previous = { track: best.t, index: best.i };
    }
    best.i += 1;
  }
}

/** Policies under which a tenant holds the same TPCs all the time. */
const PARTITIONS: readonly string[] = ['mig', 'tpc-partition'];

/**
 * Tenant for whom a TPC is kept: under LithOS the one whose quota covers it, under a policy with fixed
 * parts the only one that ever held it; -1 if there is none.
 */
export function reservedFor(run: RunData, tpc: number): number {
  const { atoms } = run;
  const { policy } = run.manifest;
  if (policy === 'lithos') return run.ownerOfTpc[tpc] ?? -1;
  if (atoms === undefined || !PARTITIONS.includes(policy)) return -1;
  const inClass = keysOfClass(atoms, atoms.classes.ofTpc[tpc] as number);
  const holders = new Set(atoms.keys.filter((_, k) => inClass[k] === 1).map((key) => key.tenant));
  const [only] = holders;
  return holders.size === 1 && only !== undefined ? only : -1;
}

/** Why TPC `tpc` was idle in a gap. */
export function idleReason(
  run: RunData,
  depths: readonly Depth[],
  tpc: number,
  gap: Gap,
): IdleReason {
  const { atoms } = run;
  if (atoms === undefined) return 'unknown';
  const track = (ref: AtomRef | undefined): AtomTrack | undefined => ref && atoms.tracks[ref.track];
  const next = track(gap.next);
  const previous = track(gap.previous);
  const middle = (gap.from + gap.to) / 2;
  const active = run.tenants.map((_, t) => inSystem(depths[t], middle));
  if (next !== undefined && gap.next !== undefined) {
    const i = gap.next.index;
    const submitted = (next.start[i] as number) - (next.wait[i] as number);
    if (gap.to - submitted >= (gap.to - gap.from) / 2) {
      const isSwitch = run.manifest.policy === 'time-slicing' && previous?.tenant !== next.tenant;
      if (isSwitch) return 'context-switch';
      return clockChanged(run, gap.from, gap.to) ? 'clock-change' : 'launch-gap';
    }
  }
  if (depths.length > 0 && !active.includes(true)) return 'no-work';
  const owner = reservedFor(run, tpc);
  // The tenant that had the TPC before and after: the one that would have had it between, too.
  const user = next !== undefined && next.tenant === previous?.tenant ? next.tenant : -1;
  const isReserved = owner >= 0 && active[owner] === false;
  // A loan that goes on has its own reasons for a gap, as long as its tenant runs nowhere else.
  if (isReserved && (user < 0 || user === owner || !active[user] || runs(atoms, user, middle))) {
    return 'reserved';
  }
  const tenant = user >= 0 ? user : owner;
  if (tenant < 0) return 'unknown';
  if (runs(atoms, tenant, middle)) return 'fewer-tpcs';
  return isWithinStep(atoms, tenant, middle) ? 'held-back' : 'between-steps';
}

function runs({ tracks }: Atoms, tenant: number, time: number): boolean {
  return tracks.some((track) => track.tenant === tenant && holdsAt(track, time));
}

/** Whether the tenant's last atom before a moment and its first one after are of the same step. */
function isWithinStep({ tracks }: Atoms, tenant: number, time: number): boolean {
  let before: { readonly track: AtomTrack; readonly index: number } | undefined;
  let after: typeof before;
  for (const track of tracks) {
    if (track.tenant !== tenant) continue;
    const index = firstEndingAfter(track, time);
    const end = track.end[index - 1];
    const start = track.start[index];
    if (end !== undefined && end > (before?.track.end[before.index] ?? -1)) {
      before = { track, index: index - 1 };
    }
    if (start !== undefined && start < (after?.track.start[after.index] ?? Infinity)) {
      after = { track, index };
    }
  }
  if (before === undefined || after === undefined) return false;
  return (
    before.track.stream === after.track.stream &&
    before.track.request[before.index] === after.track.request[after.index]
  );
}

function holdsAt(track: AtomTrack, time: number): boolean {
  const i = firstEndingAfter(track, time);
  const start = track.start[i];
  return start !== undefined && start <= time;
}

/** Whether a tenant had a request in the system. */
function inSystem(depth: Depth | undefined, time: number): boolean {
  if (depth === undefined) return true;
  const i = lastAtOrBefore(depth.time, time);
  return i >= 0 && (depth.inSystem[i] as number) > 0;
}

function clockChanged({ counters }: RunData, from: number, to: number): boolean {
  const clock = counters?.columns.get('sm_clock_mhz');
  if (counters === undefined || clock === undefined) return false;
  const before = clock[Math.max(0, lastAtOrBefore(counters.time, from))];
  const after = clock[Math.min(clock.length - 1, lastAtOrBefore(counters.time, to) + 1)];
  // Where there is no reading, nothing is known to have changed.
  return Math.abs((after ?? 0) - (before ?? 0)) > 0;
}

/** Index of the last time at or before `time` in an ascending column; -1 if there is none. */
export function lastAtOrBefore(column: Float64Array, time: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
