import { classify, type SetWords, type TpcClasses } from './tpc-classes.ts';

/**
 * Atoms of one stream, in order of their start, none overlapping another. Columns, not objects: a run
 * has millions of atoms. A stream whose atoms do overlap has several tracks.
 */
export interface AtomTrack {
  readonly tenant: number;
  readonly stream: number;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Between submission and start, ns, at most 2^32 - 1. */
  readonly wait: Uint32Array;
  /** Index into `AtomKeys`. */
  readonly key: Uint32Array;
  readonly kernel: Uint16Array;
  readonly request: Uint32Array;
  /** Row of `atoms.parquet`, where the rest is. */
  readonly row: Uint32Array;
}

/** A TPC set in the hands of a tenant, its own or stolen ones among it. */
export interface AtomKey {
  readonly tenant: number;
  readonly stolen: boolean;
  /** Index into `sets`. */
  readonly set: number;
}

/** All atoms of a run, and what they have in common. */
export interface Atoms {
  readonly count: number;
  readonly tracks: readonly AtomTrack[];
  readonly keys: readonly AtomKey[];
  readonly sets: readonly SetWords[];
  readonly classes: TpcClasses;
  readonly kernels: readonly string[];
  /** Atoms of one track held a TPC at a time that an atom of another held it, too. */
  readonly shared: boolean;
}

/** Atoms as they stand in the file. */
export interface AtomColumns {
  readonly count: number;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly submitted: Float64Array;
  readonly tenant: Uint8Array;
  readonly stream: Int32Array;
  readonly kernel: Uint16Array;
  readonly request: Float64Array;
  readonly stolen: Int32Array;
  readonly words: readonly [Int32Array, Int32Array, Int32Array];
  readonly kernels: readonly string[];
}

const MAX_WAIT = 2 ** 32 - 1;

/** Sorts atoms into tracks and finds their sets. */
export function arrange(columns: AtomColumns, tpcs: number): Atoms {
  const { keyOfRow, keys, sets } = findKeys(columns);
  const trackOfRow = new Uint16Array(columns.count);
  const counts: number[] = [];
  const streams = new Map<number, number[]>();
  const lastEnd: number[] = [];
  // Rows come in order of completion. Within a stream that is the order of start, too, unless a
  // device ran atoms of one stream at the same time.
  const order = inOrderOfStart(columns);
  for (let k = 0; k < columns.count; k++) {
    const row = order === undefined ? k : (order[k] as number);
    const stream = columns.stream[row] as number;
    let tracks = streams.get(stream);
    if (tracks === undefined) {
      tracks = [];
      streams.set(stream, tracks);
    }
    const start = columns.start[row] as number;
    let track = -1;
    for (let t = 0; t < tracks.length; t++) {
      if ((lastEnd[tracks[t] as number] as number) <= start) {
        track = tracks[t] as number;
        break;
      }
    }
    if (track < 0) {
      track = counts.length;
      tracks.push(track);
      counts.push(0);
    }
    lastEnd[track] = columns.end[row] as number;
    counts[track] = (counts[track] as number) + 1;
    trackOfRow[row] = track;
  }
  const tracks = fillTracks(columns, counts, trackOfRow, keyOfRow, order);
  tracks.sort((a, b) => a.tenant - b.tenant || a.stream - b.stream);
  return {
    count: columns.count,
    tracks,
    keys,
    sets,
    classes: classify(sets, tpcs),
    kernels: columns.kernels,
    shared: findSharing(tracks, keys, sets),
  };
}

function fillTracks(
  columns: AtomColumns,
  counts: readonly number[],
  trackOfRow: Uint16Array,
  keyOfRow: Uint32Array,
  order: Uint32Array | undefined,
): AtomTrack[] {
  const tracks = counts.map((count) => ({
    tenant: 0,
    stream: 0,
    start: new Float64Array(count),
    end: new Float64Array(count),
    wait: new Uint32Array(count),
    key: new Uint32Array(count),
    kernel: new Uint16Array(count),
    request: new Uint32Array(count),
    row: new Uint32Array(count),
  }));
  const next = new Uint32Array(counts.length);
  for (let k = 0; k < columns.count; k++) {
    const row = order === undefined ? k : (order[k] as number);
    const t = trackOfRow[row] as number;
    const track = tracks[t] as (typeof tracks)[number];
    const i = next[t] as number;
    next[t] = i + 1;
    const start = columns.start[row] as number;
    track.start[i] = start;
    track.end[i] = columns.end[row] as number;
    track.wait[i] = Math.min(MAX_WAIT, Math.max(0, start - (columns.submitted[row] as number)));
    track.key[i] = keyOfRow[row] as number;
    track.kernel[i] = columns.kernel[row] as number;
    track.request[i] = columns.request[row] as number;
    track.row[i] = row;
    if (i === 0) {
      track.tenant = columns.tenant[row] as number;
      track.stream = columns.stream[row] as number;
    }
  }
  return tracks;
}

/** Rows by stream and start, or `undefined` if they stand so already within each stream. */
function inOrderOfStart({ count, stream, start }: AtomColumns): Uint32Array | undefined {
  const last = new Map<number, number>();
  let sorted = true;
  for (let row = 0; row < count && sorted; row++) {
    const s = stream[row] as number;
    const at = start[row] as number;
    if (at < (last.get(s) ?? 0)) sorted = false;
    last.set(s, at);
  }
  if (sorted) return undefined;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  return order.sort((a, b) => (start[a] as number) - (start[b] as number) || a - b);
}

function findKeys({ count, tenant, stolen, words }: AtomColumns): {
  readonly keyOfRow: Uint32Array;
  readonly keys: readonly AtomKey[];
  readonly sets: readonly SetWords[];
} {
  const [w0, w1, w2] = words;
  const keyOfRow = new Uint32Array(count);
  const keys: AtomKey[] = [];
  const sets: SetWords[] = [];
  const setIds = new Map<string, number>();
  const keyIds = new Map<string, number>();
  // One entry a tenant: its atoms mostly have the set of the one before.
  const cache = new Map<number, { a: number; b: number; c: number; key: number }>();
  for (let row = 0; row < count; row++) {
    const a = w0[row] as number;
    const b = w1[row] as number;
    const c = w2[row] as number;
    const t = tenant[row] as number;
    const isStolen = (stolen[row] as number) > 0;
    const slot = t * 2 + (isStolen ? 1 : 0);
    const cached = cache.get(slot);
    if (cached !== undefined && cached.a === a && cached.b === b && cached.c === c) {
      keyOfRow[row] = cached.key;
      continue;
    }
    const setName = `${a},${b},${c}`;
    let set = setIds.get(setName);
    if (set === undefined) {
      set = sets.length;
      sets.push([a, b, c]);
      setIds.set(setName, set);
    }
    const keyName = `${slot},${set}`;
    let key = keyIds.get(keyName);
    if (key === undefined) {
      key = keys.length;
      keys.push({ tenant: t, stolen: isStolen, set });
      keyIds.set(keyName, key);
    }
    keyOfRow[row] = key;
    cache.set(slot, { a, b, c, key });
  }
  return { keyOfRow, keys, sets };
}

/** Whether atoms of two tracks ever hold the same TPC at the same time. */
function findSharing(
  tracks: readonly AtomTrack[],
  keys: readonly AtomKey[],
  sets: readonly SetWords[],
): boolean {
  const meet = keys.map((a) => keys.map((b) => intersect(sets[a.set], sets[b.set])));
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
  meet: readonly (readonly boolean[])[],
): boolean {
  let i = 0;
  let k = 0;
  while (i < one.start.length && k < other.start.length) {
    const oneEnd = one.end[i] as number;
    const otherEnd = other.end[k] as number;
    if ((one.start[i] as number) < otherEnd && (other.start[k] as number) < oneEnd) {
      if (meet[one.key[i] as number]?.[other.key[k] as number]) return true;
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

/** The first atom of a track that ends after `time`. */
export function firstEndingAfter({ end }: AtomTrack, time: number): number {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((end[middle] as number) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
