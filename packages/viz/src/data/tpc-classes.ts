/** Words of a TPC set: TPC i is bit i % 32 of word floor(i / 32). */
export type SetWords = readonly [number, number, number];

/**
 * TPCs that are in exactly the same sets of a run have the same history. A run has few distinct sets,
 * so all sums are kept per class of such TPCs, not per TPC: for most runs a tenth of the memory.
 */
export interface TpcClasses {
  readonly count: number;
  /** Class of each TPC. */
  readonly ofTpc: Uint8Array;
  /** Number of TPCs in each class. */
  readonly sizes: Uint8Array;
  /** Classes of each set: those of set i are `members[starts[i]]` to `members[starts[i + 1] - 1]`. */
  readonly starts: Uint32Array;
  readonly members: Uint8Array;
}

export function hasTpc(words: SetWords, tpc: number): boolean {
  return (((words[tpc >>> 5] as number) >>> (tpc & 31)) & 1) === 1;
}

/** The TPC indexes of a set. */
export function tpcsOf(words: SetWords): readonly number[] {
  const tpcs: number[] = [];
  for (let tpc = 0; tpc < 96; tpc++) if (hasTpc(words, tpc)) tpcs.push(tpc);
  return tpcs;
}

/** Sorts `tpcs` TPCs into classes that no set of `sets` tells apart. */
export function classify(sets: readonly SetWords[], tpcs: number): TpcClasses {
  const ofTpc = new Uint8Array(tpcs);
  let count = 1;
  for (const words of sets) {
    // Of each class, what is in the set and what is not: two classes if there is something of both.
    const split = new Map<number, number>();
    const outside = new Set<number>();
    for (let tpc = 0; tpc < tpcs; tpc++) {
      if (!hasTpc(words, tpc)) outside.add(ofTpc[tpc] as number);
    }
    for (let tpc = 0; tpc < tpcs; tpc++) {
      const old = ofTpc[tpc] as number;
      if (!hasTpc(words, tpc) || !outside.has(old)) continue;
      let fresh = split.get(old);
      if (fresh === undefined) {
        fresh = count++;
        split.set(old, fresh);
      }
      ofTpc[tpc] = fresh;
    }
  }
  const sizes = new Uint8Array(count);
  for (const c of ofTpc) sizes[c] = (sizes[c] as number) + 1;
  const lists = sets.map((words) => {
    const members = new Set<number>();
    for (let tpc = 0; tpc < tpcs; tpc++) if (hasTpc(words, tpc)) members.add(ofTpc[tpc] as number);
    return [...members].sort((a, b) => a - b);
  });
  const starts = new Uint32Array(sets.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = (starts[i] as number) + list.length;
  });
  return { count, ofTpc, sizes, starts, members: Uint8Array.from(lists.flat()) };
}
