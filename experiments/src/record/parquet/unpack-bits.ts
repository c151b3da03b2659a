/** Bits that one look at four bytes can give, whatever bit they begin with. */
const REACH = 25;
const CHUNK = 24;

/** `width` bits (at most 25) from bit `at` of `bytes` on, lowest first; beyond the end there are zeroes. */
export function bitsAt(bytes: Uint8Array, at: number, width: number): number {
  const i = at >>> 3;
  const word =
    (bytes[i] as number) |
    ((bytes[i + 1] as number) << 8) |
    ((bytes[i + 2] as number) << 16) |
    ((bytes[i + 3] as number) << 24);
  return (word >>> (at & 7)) & ((1 << width) - 1);
}

/**
 * Reads `count` values of `width` bits (at most 54) from byte `from` on: the inverse of `packBits`.
 */
export function unpackBits(
  bytes: Uint8Array,
  from: number,
  width: number,
  target: Float64Array | Int32Array,
  count: number,
): void {
  let bit = from * 8;
  if (width <= REACH) {
    for (let i = 0; i < count; i++, bit += width) target[i] = bitsAt(bytes, bit, width);
    return;
  }
  for (let i = 0; i < count; i++) {
    let value = 0;
    let unit = 1;
    for (let left = width; left > 0; left -= CHUNK, bit += CHUNK, unit *= 2 ** CHUNK) {
      const bits = Math.min(left, CHUNK);
      value += bitsAt(bytes, bit, bits) * unit;
      if (bits < CHUNK) bit += bits - CHUNK;
    }
    target[i] = value;
  }
}
