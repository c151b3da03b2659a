import type { AtomColumns } from './atoms.ts';

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

const MAX_WAIT = 2 ** 32 - 1;

export function fillTracks(
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
export function inOrderOfStart({ count, stream, start }: AtomColumns): Uint32Array | undefined {
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
