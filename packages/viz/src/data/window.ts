import { type AtomTrack, firstEndingAfter } from './atom-tracks.ts';
import type { Atoms } from './atoms.ts';
import { type Sums, seriesOfKeys } from './sums.ts';

/** TPC time in windows of a run; a cell is `class * sums.width + series`. */
export interface Windows {
  /** Cells of a window. */
  readonly cells: number;
  /** Sums of consecutive windows between ascending `edges`, ns, `cells` values each. */
  columns(edges: Float64Array, target: Float64Array): void;
  window(from: number, to: number): Float64Array;
}

/**
 * Exact TPC time in any windows of a run: whole buckets by subtraction of running sums, the parts of
 * buckets at a window's edges from the atoms themselves.
 */
export class WindowSums implements Windows {
  readonly atoms: Atoms;
  readonly sums: Sums;
  /** Cells of a window: `class * sums.width + series`. */
  readonly cells: number;
  private readonly seriesOf: Uint16Array;
  private readonly busyUntil: Float64Array;
  private readonly cursor: Uint32Array;
  /** Time of each key in the present part, and the keys that have any. */
  private readonly timeOfKey: Float64Array;
  private readonly touched: Uint32Array;

  constructor(atoms: Atoms, sums: Sums) {
    this.atoms = atoms;
    this.sums = sums;
    this.cells = atoms.classes.count * sums.width;
    this.seriesOf = seriesOfKeys(atoms, sums.series);
    this.busyUntil = new Float64Array(atoms.classes.count);
    this.cursor = new Uint32Array(atoms.tracks.length);
    this.timeOfKey = new Float64Array(atoms.keys.length);
    this.touched = new Uint32Array(atoms.keys.length);
  }

  /**
   * Sums of consecutive windows, ns: `edges` are their ascending borders, in whole ns; `target` gets
   * `cells` values for each.
   */
  columns(edges: Float64Array, target: Float64Array): void {
    const { bucketNs, buckets } = this.sums;
    const windows = edges.length - 1;
    target.fill(0, 0, windows * this.cells);
    this.seek(edges[0] as number);
    for (let w = 0; w < windows; w++) {
      const from = edges[w] as number;
      const to = edges[w + 1] as number;
      const at = w * this.cells;
      const first = Math.max(0, Math.ceil(from / bucketNs));
      // The last bucket has no end of its own: see `addInterval`.
      const last = Math.min(buckets - 1, Math.floor(to / bucketNs));
      if (last <= first) {
        this.part(from, to, target, at);
        continue;
      }
      if (from < first * bucketNs) this.part(from, first * bucketNs, target, at);
      this.whole(first, last, target, at);
      if (last * bucketNs < to) this.part(last * bucketNs, to, target, at);
    }
  }

  /** Sums of one window. */
  window(from: number, to: number): Float64Array {
    const target = new Float64Array(this.cells);
    this.columns(Float64Array.of(from, Math.max(from, to)), target);
    return target;
  }

  private seek(time: number): void {
    this.atoms.tracks.forEach((track, t) => {
      this.cursor[t] = firstEndingAfter(track, time);
    });
  }

  private whole(first: number, last: number, target: Float64Array, at: number): void {
    const { cells } = this;
    const { fine, blocks, blockBuckets } = this.sums;
    const a = first * cells;
    const b = last * cells;
    const blockA = Math.floor(first / blockBuckets) * cells;
    const blockB = Math.floor(last / blockBuckets) * cells;
    for (let cell = 0; cell < cells; cell++) {
      const sum =
        (blocks[blockB + cell] as number) -
        (blocks[blockA + cell] as number) +
        ((fine[b + cell] as number) - (fine[a + cell] as number));
      target[at + cell] = (target[at + cell] as number) + sum;
    }
  }

  /** The part of the atoms that lies in `from` to `to`, which come in ascending order. */
  private part(from: number, to: number, target: Float64Array, at: number): void {
    const { tracks } = this.atoms;
    const { timeOfKey, touched } = this;
    let count = 0;
    for (let t = 0; t < tracks.length; t++) {
      const track = tracks[t] as AtomTrack;
      const { start, end, key } = track;
      let i = this.cursor[t] as number;
      // Whole buckets may have been passed since the last part.
      if (i < end.length && (end[i] as number) <= from) i = skipTo(end, i, from);
      this.cursor[t] = i;
      for (; i < start.length && (start[i] as number) < to; i++) {
        const time = Math.min(to, end[i] as number) - Math.max(from, start[i] as number);
        if (time <= 0) continue;
        const k = key[i] as number;
        if (timeOfKey[k] === 0) touched[count++] = k;
        timeOfKey[k] = (timeOfKey[k] as number) + time;
      }
    }
    const { anybody } = this.sums;
    const sweep = anybody >= 0 && this.isShared(from, to);
    // Where nobody shares, the time in which anybody held a TPC is the sum of all.
    const also = sweep ? -1 : anybody;
    for (let n = 0; n < count; n++) this.distribute(touched[n] as number, target, at, also);
    if (sweep) this.anybodyPart(from, to, target, at);
  }

  /** Adds a key's time to all classes of its set: once a part, not once an atom. */
  private distribute(k: number, target: Float64Array, at: number, also: number): void {
    const { classes, keys } = this.atoms;
    const time = this.timeOfKey[k] as number;
    this.timeOfKey[k] = 0;
    const set = keys[k]?.set as number;
    const stop = classes.starts[set + 1] as number;
    for (let m = classes.starts[set] as number; m < stop; m++) {
      const c = classes.members[m] as number;
      const row = at + c * this.sums.width;
      const cell = row + (this.seriesOf[k * classes.count + c] as number);
      target[cell] = (target[cell] as number) + time;
      if (also >= 0) target[row + also] = (target[row + also] as number) + time;
    }
  }

  /** Whether tenants may have held a TPC at the same time in a part. */
  private isShared(from: number, to: number): boolean {
    const { sharedIn, bucketNs, buckets } = this.sums;
    const last = Math.min(buckets - 1, Math.floor(to / bucketNs));
    for (let b = Math.min(last, Math.floor(from / bucketNs)); b <= last; b++) {
      if (sharedIn[b] === 1) return true;
    }
    return false;
  }

  /** Time in which anybody held each class, by a sweep over the atoms in order of start. */
  private anybodyPart(from: number, to: number, target: Float64Array, at: number): void {
    const { tracks, classes, keys } = this.atoms;
    const { width, anybody } = this.sums;
    const { busyUntil } = this;
    busyUntil.fill(from);
    const next = this.cursor.slice();
    for (;;) {
      let which = -1;
      let earliest = to;
      for (let t = 0; t < tracks.length; t++) {
        const start = (tracks[t] as AtomTrack).start[next[t] as number];
        if (start !== undefined && start < earliest) {
          earliest = start;
          which = t;
        }
      }
      if (which < 0) return;
      const track = tracks[which] as AtomTrack;
      const i = next[which] as number;
      next[which] = i + 1;
      const end = Math.min(to, track.end[i] as number);
      const set = keys[track.key[i] as number]?.set as number;
      const stop = classes.starts[set + 1] as number;
      for (let m = classes.starts[set] as number; m < stop; m++) {
        const c = classes.members[m] as number;
        const begin = Math.max(earliest, busyUntil[c] as number);
        if (begin >= end) continue;
        const cell = at + c * width + anybody;
        target[cell] = (target[cell] as number) + (end - begin);
        busyUntil[c] = end;
      }
    }
  }
}

/** The first index from `i` on whose end is after `time`, by steps that double. */
function skipTo(end: Float64Array, i: number, time: number): number {
  let step = 1;
  let low = i;
  while (low + step < end.length && (end[low + step] as number) <= time) {
    low += step;
    step *= 2;
  }
  let high = Math.min(end.length, low + step);
  low += 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((end[middle] as number) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
