import type { ByteCursor } from './byte-cursor.ts';
import { bitsAt, unpackBits } from './unpack-bits.ts';

const miniblock = new Float64Array(4096);

/** Reads `count` integers written as DELTA_BINARY_PACKED: the inverse of `encodeDelta`. */
export function decodeDelta(page: ByteCursor, target: Float64Array, count: number): void {
  const block = page.varInt();
  const miniblocks = page.varInt();
  const size = block / miniblocks;
  if (!Number.isInteger(size) || size < 1 || size > miniblock.length) {
    throw new Error('delta blocks of an odd size');
  }
  if (page.varInt() !== count) throw new Error('a page with another number of values');
  let value = page.zigZag();
  if (count > 0) target[0] = value;
  for (let i = 1; i < count; ) {
    const least = page.zigZag();
    const widths = page.at;
    page.at += miniblocks;
    for (let m = 0; m < miniblocks && i < count; m++) {
      const width = page.bytes[widths + m] ?? 99;
      if (width > 54) throw new Error(`differences of ${width} bits`);
      const end = Math.min(i + size, count);
      if (width === 0) {
        for (; i < end; i++) {
          value += least;
          target[i] = value;
        }
        continue;
      }
      if (page.at + Math.ceil(((end - i) * width) / 8) > page.bytes.length) {
        throw new Error('a page ends early');
      }
      unpackBits(page.bytes, page.at, width, miniblock, end - i);
      for (let k = 0; i < end; i++, k++) {
        value += least + (miniblock[k] as number);
        target[i] = value;
      }
      page.at += (size * width) / 8;
    }
  }
}

/** Reads `count` indexes written as runs and bit-packed groups of `width` bits. */
export function decodeHybrid(
  page: ByteCursor,
  width: number,
  target: Int32Array,
  count: number,
): void {
  if (width > 24) throw new Error(`indexes of ${width} bits`);
  for (let i = 0; i < count; ) {
    const header = page.varInt();
    if ((header & 1) === 0) {
      const end = Math.min(count, i + (header >>> 1));
      let value = 0;
      for (let k = 0; k < width; k += 8) value |= page.byte() << k;
      if (end === i) throw new Error('an empty run');
      target.fill(value, i, end);
      i = end;
      continue;
    }
    const values = (header >>> 1) * 8;
    const end = Math.min(count, i + values);
    if (end === i || page.at + Math.ceil(((end - i) * width) / 8) > page.bytes.length) {
      throw new Error('a page ends early');
    }
    let bit = page.at * 8;
    for (; i < end; i++, bit += width) target[i] = bitsAt(page.bytes, bit, width);
    page.at += (values * width) / 8;
  }
}
