/** Bits that can join the at most seven left over in a 32-bit accumulator. */
const CHUNK = 24;

/** Bits that it takes to write `value`, a non-negative integer of at most 53 bits. */
export function bitWidth(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high === 0 ? 32 - Math.clz32(value) : 64 - Math.clz32(high);
}

/**
 * Writes `values[from]` to `values[end - 1]`, non-negative integers of at most `width` bits each,
 * into consecutive bits of `target` from byte `at`, lowest bit first: Parquet's bit packing.
 * Returns the byte after the last one; unused bits of that one are zero.
 */
export function packBits(
  values: Float64Array | Uint16Array,
  from: number,
  end: number,
  width: number,
  target: Uint8Array,
  at: number,
): number {
  let pending = 0;
  let bits = 0;
  let out = at;
  for (let i = from; i < end; i++) {
    let value = values[i] as number;
    let left = width;
    while (left > CHUNK) {
      const rest = Math.floor(value / 2 ** CHUNK);
      pending |= (value - rest * 2 ** CHUNK) << bits;
      // 24 bits are three whole bytes: what was left over stays left over.
      target[out] = pending;
      target[out + 1] = pending >>> 8;
      target[out + 2] = pending >>> 16;
      out += 3;
      pending >>>= CHUNK;
      value = rest;
      left -= CHUNK;
    }
    pending |= value << bits;
    bits += left;
    while (bits >= 8) {
      target[out] = pending;
      out += 1;
      pending >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) {
    target[out] = pending;
    out += 1;
  }
  return out;
}
