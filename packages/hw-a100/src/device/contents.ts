import type { PtxElement, PtxFill } from '@lithos/core';

const ELEMENT_BYTES: Readonly<Record<PtxElement, number>> = { u32: 4, f32: 4, f64: 8 };

/** A part of a buffer's contents. */
export interface Contents {
  /** Elements `first` to `first + count - 1`, in memory that the next call uses again. */
  part(first: number, count: number): Uint8Array;
  readonly elementBytes: number;
}

/** What a buffer holds at first; a byte depends on its place and the fill only. */
export function contentsOf(fill: Exclude<PtxFill, { kind: 'zero' }>, most: number): Contents {
  const elementBytes = ELEMENT_BYTES[fill.type];
  const memory = new Uint8Array(elementBytes * most);
  const elements =
    fill.type === 'u32'
      ? new Uint32Array(memory.buffer)
      : fill.type === 'f32'
        ? new Float32Array(memory.buffer)
        : new Float64Array(memory.buffer);
  const value = fill.kind === 'iota' ? (i: number): number => i : randomOf(fill.type, fill.seed);
  const part = (first: number, count: number): Uint8Array => {
    for (let i = 0; i < count; i++) elements[i] = value(first + i);
    return memory.subarray(0, elementBytes * count);
  };
  return { part, elementBytes };
}

/** Random numbers by their place: floats from 0 up to 1, integers over their range. */
function randomOf(type: PtxElement, seed: number): (i: number) => number {
  const low = mixed((seed >>> 0) ^ mixed(Math.floor(seed / 2 ** 32)));
  const start = (high: number): number => Math.imul(mixed(low ^ high), 0x9e3779b9);
  const first = start(0);
  const word = (i: number): number =>
    mixed((i >>> 0) + (i < 2 ** 32 ? first : start(Math.floor(i / 2 ** 32))));
  if (type === 'u32') return word;
  if (type === 'f32') return (i) => (word(i) >>> 8) / 2 ** 24;
  return (i) => ((word(2 * i) >>> 5) * 2 ** 26 + (word(2 * i + 1) >>> 6)) / 2 ** 53;
}

/** MurmurHash3's finaliser: every bit of the result depends on every bit of the word. */
function mixed(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
