import { isStolen } from './atom-keys.ts';
import { type AtomTrack, firstEndingAfter } from './atom-tracks.ts';
import type { Atoms } from './atoms.ts';

/** What is summed for each class of TPCs: time held by a tenant, with its own TPCs or stolen ones. */
export interface Series {
  readonly tenant: number;
  readonly stolen: boolean;
  /** Of atoms that a filter dims. */
  readonly dimmed: boolean;
}

/**
 * A pyramid of two levels of running sums of TPC time, so that the sum over any run of buckets is one
 * subtraction. A cell is `class * width + series`; if tenants shared TPCs, the last series of each
 * class is the time in which anybody held the TPC.
 */
export interface Sums {
  readonly series: readonly Series[];
  /** Series a class, that of anybody included. */
  readonly width: number;
  /** Series of anybody, or -1 if it is the sum of the others. */
  readonly anybody: number;
  /** A power of two. */
  readonly bucketNs: number;
  readonly buckets: number;
  /** Buckets of a block, a power of two. */
  readonly blockBuckets: number;
  /** Sums from 0 to the beginning of each block, and to the end. */
  readonly blocks: Float64Array;
  /** Sums from the beginning of its block to the beginning of each bucket. */
  readonly fine: Uint32Array;
  /** 1 for buckets in which tenants held a TPC at the same time, or may have. */
  readonly sharedIn: Uint8Array;
}

/** Most cells: 96 MB. */
const MAX_CELLS = 24e6;
const MAX_BUCKETS = 2 ** 20;
/** Atoms of a bucket, about: with fewer, sums are no faster than the atoms themselves. */
const ATOMS_PER_BUCKET = 4;

/** Sums up all atoms of a run that lasted `durationNs`. */
export function sumUp(atoms: Atoms, durationNs: number, limit = MAX_BUCKETS): Sums {
  const work = sumUpInParts(atoms, durationNs, limit);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Atoms that are summed up at a time: some milliseconds. */
const PART = 20_000;

/** As `sumUp`, but in parts, so that a page can do other things between: gives the share that is done. */
export function* sumUpInParts(
  atoms: Atoms,
  durationNs: number,
  limit = MAX_BUCKETS,
): Generator<number, Sums> {
  const series = findSeries(atoms);
  const width = series.length + (atoms.shared ? 1 : 0);
  const anybody = atoms.shared ? series.length : -1;
  const cells = atoms.classes.count * width;
  const wanted = Math.min(limit, MAX_CELLS / cells, Math.max(64, atoms.count / ATOMS_PER_BUCKET));
  const layers = Math.max(1, atoms.tracks.length);
  let bucketNs = 1;
  // A bucket's sum must fit into 32 bits, even where that takes more buckets than are wanted.
  while (durationNs / bucketNs > wanted && bucketNs * 2 * layers < 2 ** 32) bucketNs *= 2;
  const buckets = Math.max(1, Math.ceil(durationNs / bucketNs));
  let blockBuckets = 256;
  while (blockBuckets > 1 && blockBuckets * bucketNs * layers >= 2 ** 32) blockBuckets /= 2;
  const fine = new Uint32Array(buckets * cells);
  const sums = { series, width, anybody, bucketNs, buckets, blockBuckets };
  const sharedIn = new Uint8Array(buckets);
  const merge = new Merge(atoms.tracks, Number.NEGATIVE_INFINITY);
  const add = adder(atoms, seriesOfKeys(atoms, series), { ...sums, fine, sharedIn });
  for (let n = 0; add(merge, PART); n += PART) yield Math.min(1, n / Math.max(1, atoms.count));
  return { ...sums, fine, sharedIn, blocks: accumulate(fine, cells, buckets, blockBuckets) };
}

/** Series by tenant, those of dimmed atoms after all others. */
function findSeries({ keys, dimmedFrom, classes, ownerOfClass }: Atoms): readonly Series[] {
  const found = new Map<number, Series>();
  for (const [k, key] of keys.entries()) {
    const dimmed = k >= dimmedFrom;
    for (
      let m = classes.starts[key.set] as number;
      m < (classes.starts[key.set + 1] as number);
      m++
    ) {
      const stolen = isStolen(key, ownerOfClass[classes.members[m] as number] as number);
      const place = (dimmed ? 1 << 16 : 0) + key.tenant * 2 + (stolen ? 1 : 0);
      found.set(place, { tenant: key.tenant, stolen, dimmed });
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, series]) => series);
}

/** The series that each key counts for on each class: that of key k on class c is `[k * classes + c]`. */
export function seriesOfKeys(atoms: Atoms, series: readonly Series[]): Uint16Array {
  const { keys, dimmedFrom, ownerOfClass } = atoms;
  const count = ownerOfClass.length;
  const found = new Uint16Array(keys.length * count);
  keys.forEach((key, k) => {
    ownerOfClass.forEach((owner, c) => {
      const stolen = isStolen(key, owner);
      const s = series.findIndex(
        (one) =>
          one.tenant === key.tenant && one.stolen === stolen && one.dimmed === k >= dimmedFrom,
      );
      found[k * count + c] = Math.max(0, s);
    });
  });
  return found;
}

type Unsummed = Omit<Sums, 'blocks'>;

/**
 * Gives a function that puts the time of the next atoms into its buckets, atoms in order of start. It
 * is false once there are no more.
 */
function adder(
  atoms: Atoms,
  seriesOf: Uint16Array,
  sums: Unsummed,
): (merge: Merge, count: number) => boolean {
  const { classes, keys } = atoms;
  const { width, anybody } = sums;
  const busyUntil = new Float64Array(classes.count);
  const addOne = (track: AtomTrack, i: number): void => {
    const start = track.start[i] as number;
    const end = track.end[i] as number;
    const key = track.key[i] as number;
    const set = keys[key]?.set as number;
    const to = classes.starts[set + 1] as number;
    for (let m = classes.starts[set] as number; m < to; m++) {
      const c = classes.members[m] as number;
      const series = seriesOf[key * classes.count + c] as number;
      addInterval(sums, classes.count, c * width + series, start, end);
      if (anybody < 0) continue;
      const until = busyUntil[c] as number;
      const from = Math.max(start, until);
      if (until > start) markShared(sums, start, Math.min(end, until));
      if (from >= end) continue;
      addInterval(sums, classes.count, c * width + anybody, from, end);
      busyUntil[c] = end;
    }
  };
  return (merge, count) => {
    for (let n = 0; n < count; n++) {
      const track = merge.next();
      if (track === undefined) return false;
      addOne(track, merge.index);
    }
    return true;
  };
}

function markShared({ sharedIn, bucketNs, buckets }: Unsummed, start: number, end: number): void {
  const last = Math.min(buckets - 1, Math.floor(end / bucketNs));
  for (let b = Math.min(last, Math.floor(start / bucketNs)); b <= last; b++) sharedIn[b] = 1;
}

function addInterval(
  { fine, bucketNs, buckets, width }: Unsummed,
  classes: number,
  cell: number,
  start: number,
  end: number,
): void {
  const cells = classes * width;
  let bucket = Math.min(buckets - 1, Math.floor(start / bucketNs));
  let at = start;
  while (at < end) {
    // What ends after the run's end is kept in the last bucket.
    const border = bucket === buckets - 1 ? end : Math.min(end, (bucket + 1) * bucketNs);
    const i = bucket * cells + cell;
    fine[i] = (fine[i] as number) + (border - at);
    at = border;
    bucket += 1;
  }
}

/** Turns sums of buckets into running sums within blocks, and gives the blocks' own. */
function accumulate(
  fine: Uint32Array,
  cells: number,
  buckets: number,
  blockBuckets: number,
): Float64Array {
  const count = Math.ceil(buckets / blockBuckets);
  const blocks = new Float64Array((count + 1) * cells);
  const running = new Float64Array(cells);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const block = bucket / blockBuckets;
    if (Number.isInteger(block)) {
      const before = block * cells;
      for (let cell = 0; cell < cells; cell++) {
        if (block > 0) {
          const sum = (blocks[before - cells + cell] as number) + (running[cell] as number);
          blocks[before + cell] = sum;
        }
        running[cell] = 0;
      }
    }
    const at = bucket * cells;
    for (let cell = 0; cell < cells; cell++) {
      const value = fine[at + cell] as number;
      fine[at + cell] = running[cell] as number;
      running[cell] = (running[cell] as number) + value;
    }
  }
  for (let cell = 0; cell < cells; cell++) {
    const last = (count - 1) * cells + cell;
    blocks[last + cells] = (blocks[last] as number) + (running[cell] as number);
  }
  return blocks;
}

/** Goes through the atoms of several tracks in order of start. */
export class Merge {
  /** Which atom of the track that `next` gave. */
  index = 0;
  private readonly tracks: readonly AtomTrack[];
  private readonly at: Uint32Array;

  /** Begins with atoms that end after `time`. */
  constructor(tracks: readonly AtomTrack[], time: number) {
    this.tracks = tracks;
    this.at = Uint32Array.from(tracks, (track) =>
      time === Number.NEGATIVE_INFINITY ? 0 : firstEndingAfter(track, time),
    );
  }

  /** The track of the next atom, or `undefined` after the last one. */
  next(): AtomTrack | undefined {
    let best: AtomTrack | undefined;
    let bestStart = Number.POSITIVE_INFINITY;
    let which = 0;
    for (let t = 0; t < this.tracks.length; t++) {
      const track = this.tracks[t] as AtomTrack;
      const start = track.start[this.at[t] as number];
      if (start !== undefined && start < bestStart) {
        best = track;
        bestStart = start;
        which = t;
      }
    }
    if (best === undefined) return undefined;
    this.index = this.at[which] as number;
    this.at[which] = this.index + 1;
    return best;
  }
}
