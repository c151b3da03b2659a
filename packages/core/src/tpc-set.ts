/** Number of bits set in a 32-bit word. */
function popcount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/**
 * A set of TPCs of one device, as an immutable value: three 32-bit words, so at most 96 TPCs
 * (A100: 54, H200: 66, full GH100: 72). `size` is worked out once.
 */
export class TpcSet {
  static readonly MAX_TPCS = 96;
  static readonly EMPTY: TpcSet = new TpcSet(0, 0, 0);

  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly size: number;

  private constructor(w0: number, w1: number, w2: number) {
    this.w0 = w0 | 0;
    this.w1 = w1 | 0;
    this.w2 = w2 | 0;
    this.size = popcount(w0) + popcount(w1) + popcount(w2);
  }

  /** The set with these 32-bit words; TPC i is bit i % 32 of word floor(i / 32). */
  static ofWords(w0: number, w1: number, w2: number): TpcSet {
    return (w0 | w1 | w2) === 0 ? TpcSet.EMPTY : new TpcSet(w0, w1, w2);
  }

  /** The set of these TPC indexes. */
  static of(tpcs: Iterable<number>): TpcSet {
    const words: [number, number, number] = [0, 0, 0];
    for (const tpc of tpcs) {
      if (!Number.isInteger(tpc) || tpc < 0 || tpc >= TpcSet.MAX_TPCS) {
        throw new RangeError(`TPC ${tpc} is outside 0..${TpcSet.MAX_TPCS - 1}`);
      }
      words[(tpc >>> 5) as 0 | 1 | 2] |= 1 << (tpc & 31);
    }
    return TpcSet.ofWords(...words);
  }

  /** TPCs `first` to `end - 1`. */
  static range(first: number, end: number): TpcSet {
    return TpcSet.of(Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i));
  }

  has(tpc: number): boolean {
    if (!(tpc >= 0 && tpc < TpcSet.MAX_TPCS)) return false;
    const word = tpc < 32 ? this.w0 : tpc < 64 ? this.w1 : this.w2;
    return ((word >>> (tpc & 31)) & 1) === 1;
  }

  equals(other: TpcSet): boolean {
    return this.w0 === other.w0 && this.w1 === other.w1 && this.w2 === other.w2;
  }

  intersects(other: TpcSet): boolean {
    return ((this.w0 & other.w0) | (this.w1 & other.w1) | (this.w2 & other.w2)) !== 0;
  }

  /** True if every TPC of this set is in `other`. */
  isSubsetOf(other: TpcSet): boolean {
    return ((this.w0 & ~other.w0) | (this.w1 & ~other.w1) | (this.w2 & ~other.w2)) === 0;
  }

  union(other: TpcSet): TpcSet {
    if (other.isSubsetOf(this)) return this;
    return TpcSet.ofWords(this.w0 | other.w0, this.w1 | other.w1, this.w2 | other.w2);
  }

  intersection(other: TpcSet): TpcSet {
    if (this.isSubsetOf(other)) return this;
    return TpcSet.ofWords(this.w0 & other.w0, this.w1 & other.w1, this.w2 & other.w2);
  }

  difference(other: TpcSet): TpcSet {
    if (!this.intersects(other)) return this;
    return TpcSet.ofWords(this.w0 & ~other.w0, this.w1 & ~other.w1, this.w2 & ~other.w2);
  }

  /** The `n` lowest TPCs of the set; the set itself if it has no more than `n`. */
  lowest(n: number): TpcSet {
    if (n >= this.size) return this;
    const taken: number[] = [];
    for (const tpc of this) {
      if (taken.length >= n) break;
      taken.push(tpc);
    }
    return TpcSet.of(taken);
  }

  /** The `n` highest TPCs of the set; the set itself if it has no more than `n`. */
  highest(n: number): TpcSet {
    return n >= this.size ? this : this.difference(this.lowest(this.size - n));
  }

  /** TPC indexes in ascending order. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let word = 0; word < 3; word++) {
      let bits = word === 0 ? this.w0 : word === 1 ? this.w1 : this.w2;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        yield word * 32 + bit;
        bits &= bits - 1;
      }
    }
  }

  /** Ranges as people write them: `0-12,20`. */
  toString(): string {
    const parts: string[] = [];
    let first = -1;
    let last = -2;
    const flush = (): void => {
      if (first >= 0) parts.push(first === last ? `${first}` : `${first}-${last}`);
    };
    for (const tpc of this) {
      if (tpc !== last + 1) {
        flush();
        first = tpc;
      }
      last = tpc;
    }
    flush();
    return parts.join(',');
  }
}
