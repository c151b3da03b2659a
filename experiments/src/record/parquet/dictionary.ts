import { bitWidth, packBits } from './pack-bits.ts';
import type { PageBuffer } from './page.ts';

/** With more distinct values than this in a row group, a column is written plainly. */
const MAX_DISTINCT = 4096;
const SLOT_BITS = 14;
const SLOTS = 2 ** SLOT_BITS;
/** Knuth's multiplicative hash: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;

/**
 * Finds the distinct values of an Int32 column of up to 65,536 rows and writes each row as its index
 * among them. One object serves all columns in turn and allocates nothing while it works.
 */
export class Dictionary {
  /** The distinct values, in the order in which they appear. */
  readonly values = new Int32Array(MAX_DISTINCT);
  /** How many there are. */
  size = 0;
  private readonly indexes: Uint16Array;
  /** An open-addressing hash table; a slot is in use if it carries the present round's mark. */
  private readonly marks = new Uint32Array(SLOTS);
  private readonly slots = new Uint16Array(SLOTS);
  private round = 0;

  constructor(rows: number) {
    // Bit packing goes by groups of eight.
    this.indexes = new Uint16Array(Math.ceil(rows / 8) * 8);
  }

  /** Looks at the first `count` values; false if they are too many different ones. */
  build(column: Int32Array, count: number): boolean {
    this.round += 1;
    this.size = 0;
    let previous = 0;
    let index = -1;
    for (let i = 0; i < count; i++) {
      const value = column[i] as number;
      if (value !== previous || index < 0) {
        index = this.indexOf(value);
        if (index < 0) return false;
        previous = value;
      }
      this.indexes[i] = index;
    }
    return true;
  }

  /** Writes the data page: the width of an index, then all indexes. */
  encodeIndexes(count: number, page: PageBuffer): void {
    const width = Math.max(1, bitWidth(this.size - 1));
    page.appendUint8(width);
    if (this.size === 1) {
      // One run: its length, shifted to say that it is one, and the index 0.
      page.appendVarInt(count << 1);
      page.appendUint8(0);
      return;
    }
    const groups = Math.ceil(count / 8);
    this.indexes.fill(0, count, groups * 8);
    page.appendVarInt((groups << 1) | 1);
    const bytes = page.room(groups * width + 1);
    page.advance(packBits(this.indexes, 0, groups * 8, width, bytes, page.index));
  }

  private indexOf(value: number): number {
    let slot = Math.imul(value, GOLDEN) >>> (32 - SLOT_BITS);
    while (this.marks[slot] === this.round) {
      const index = this.slots[slot] as number;
      if (this.values[index] === value) return index;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.size === MAX_DISTINCT) return -1;
    this.marks[slot] = this.round;
    this.slots[slot] = this.size;
    this.values[this.size] = value;
    this.size += 1;
    return this.size - 1;
  }
}
