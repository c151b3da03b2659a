import { bitWidth, packBits } from './pack-bits.ts';
import type { PageBuffer } from './page.ts';

/** Values of a block and of one of its four miniblocks, as most writers choose them. */
const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;

const deltas = new Float64Array(BLOCK);

/**
 * Writes integers as DELTA_BINARY_PACKED: the first value, then blocks of differences, each
 * difference above the block's least, in as few bits as its miniblock needs. Times in the order of
 * events shrink to two or three bytes each.
 * Values are integers from 0 to 2^52, so that doubles hold every difference exactly.
 */
export function encodeDelta(values: Float64Array, count: number, page: PageBuffer): void {
  page.appendVarInt(BLOCK);
  page.appendVarInt(MINIBLOCKS);
  page.appendVarInt(count);
  page.appendZigZag(BigInt(count === 0 ? 0 : (values[0] as number)));
  for (let start = 1; start < count; start += BLOCK) {
    encodeBlock(values, start, Math.min(start + BLOCK, count), page);
  }
}

function encodeBlock(values: Float64Array, start: number, end: number, page: PageBuffer): void {
  const length = end - start;
  let least = Number.POSITIVE_INFINITY;
  let previous = values[start - 1] as number;
  for (let i = 0; i < length; i++) {
    const value = values[start + i] as number;
    const delta = value - previous;
    deltas[i] = delta;
    if (delta < least) least = delta;
    previous = value;
  }
  page.appendZigZag(BigInt(least));
  // Four widths, and at most 53 bits a value.
  const bytes = page.room(MINIBLOCKS + BLOCK * 7);
  const widths = page.index;
  let at = widths + MINIBLOCKS;
  for (let m = 0; m < MINIBLOCKS; m++) {
    const from = m * MINIBLOCK;
    const to = Math.min(from + MINIBLOCK, length);
    let greatest = 0;
    for (let i = from; i < to; i++) {
      const rest = (deltas[i] as number) - least;
      deltas[i] = rest;
      if (rest > greatest) greatest = rest;
    }
    const width = from < length ? bitWidth(greatest) : 0;
    bytes[widths + m] = width;
    if (width === 0) continue;
    // A miniblock is always whole: what the last one lacks is zeroes.
    if (to < from + MINIBLOCK) deltas.fill(0, to, from + MINIBLOCK);
    at = packBits(deltas, from, from + MINIBLOCK, width, bytes, at);
  }
  page.advance(at);
}
