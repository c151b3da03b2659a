import { type AtomKey, findKeys, ownedSets } from './atom-keys.ts';
import { findSharing } from './atom-sharing.ts';
import { type AtomTrack, fillTracks, inOrderOfStart } from './atom-tracks.ts';
import { classify, type SetWords, type TpcClasses } from './tpc-classes.ts';

/** All atoms of a run, and what they have in common. */
export interface Atoms {
  readonly count: number;
  readonly tracks: readonly AtomTrack[];
  readonly keys: readonly AtomKey[];
  /** Keys from this one on are of atoms that a filter dims: see `splitAtoms`. */
  readonly dimmedFrom: number;
  readonly sets: readonly SetWords[];
  readonly classes: TpcClasses;
  /** Tenant whose quota covers each class, or -1. */
  readonly ownerOfClass: Int8Array;
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

/** Sorts atoms into tracks and finds their sets. */
export function arrange(columns: AtomColumns, ownerOfTpc: Int8Array): Atoms {
  const { keyOfRow, keys, sets } = findKeys(columns, ownerOfTpc);
  const classes = classify([...sets, ...ownedSets(ownerOfTpc)], ownerOfTpc.length);
  const ownerOfClass = new Int8Array(classes.count);
  classes.ofTpc.forEach((c, tpc) => {
    ownerOfClass[c] = ownerOfTpc[tpc] as number;
  });
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
    dimmedFrom: keys.length,
    sets,
    classes,
    ownerOfClass,
    kernels: columns.kernels,
    shared: findSharing(tracks, keys, sets),
  };
}
