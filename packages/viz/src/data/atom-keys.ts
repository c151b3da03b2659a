import type { AtomColumns } from './atoms.ts';
import { type SetWords, tpcsOf } from './tpc-classes.ts';

/** A TPC set in the hands of a tenant, its own or stolen ones among it. */
export interface AtomKey {
  readonly tenant: number;
  /** It has stolen TPCs. */
  readonly stolen: boolean;
  /**
   * Its stolen TPCs are those that another tenant's quota covers. If not, as where a policy lays
   * quotas out in another way, the record does not tell which they are, and all count as stolen.
   */
  readonly foreign: boolean;
  /** Index into `sets`. */
  readonly set: number;
}

/** The set of each tenant's own TPCs. */
export function ownedSets(ownerOfTpc: Int8Array): readonly SetWords[] {
  const sets = new Map<number, [number, number, number]>();
  ownerOfTpc.forEach((owner, tpc) => {
    const words = sets.get(owner) ?? [0, 0, 0];
    words[(tpc >>> 5) as 0 | 1 | 2] |= 1 << (tpc & 31);
    sets.set(owner, words);
  });
  return [...sets.values()];
}

/** Whether an atom of a key stole the TPCs of a class. */
export function isStolen({ tenant, stolen, foreign }: AtomKey, owner: number): boolean {
  return stolen && (!foreign || (owner >= 0 && owner !== tenant));
}

export function findKeys(
  { count, tenant, stolen, words }: AtomColumns,
  ownerOfTpc: Int8Array,
): {
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
  const cache = new Map<number, { a: number; b: number; c: number; n: number; key: number }>();
  for (let row = 0; row < count; row++) {
    const a = w0[row] as number;
    const b = w1[row] as number;
    const c = w2[row] as number;
    const t = tenant[row] as number;
    const n = stolen[row] as number;
    const slot = t * 2 + (n > 0 ? 1 : 0);
    const cached = cache.get(slot);
    if (
      cached !== undefined &&
      cached.a === a &&
      cached.b === b &&
      cached.c === c &&
      cached.n === n
    ) {
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
    const keyName = `${slot},${set},${n}`;
    let key = keyIds.get(keyName);
    if (key === undefined) {
      key = keys.length;
      const others = tpcsOf([a, b, c]).filter((tpc) => {
        const owner = ownerOfTpc[tpc] ?? -1;
        return owner >= 0 && owner !== t;
      });
      const foreign = others.length === n;
      keys.push({ tenant: t, stolen: n > 0, foreign, set });
      keyIds.set(keyName, key);
    }
    keyOfRow[row] = key;
    cache.set(slot, { a, b, c, n, key });
  }
  return { keyOfRow, keys, sets };
}
