import { exp, log } from '@lithos/core';

/** Scrambles a 32-bit word (the finalizer of MurmurHash3, public domain). */
function scramble(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * A random stream: xoshiro128++ (Blackman and Vigna 2019, public domain) with its state in integer
 * fields. Its numbers depend on seed and stream name alone and are the same bits in every engine.
 */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;
  #spareNormal = 0;
  #hasSpare = false;

  private constructor(a: number, b: number, c: number, d: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = d | 0;
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /**
   * The stream of this name under this seed. Streams of different names are independent, so one
   * purpose (`'chat/arrivals'`) can draw more or less without moving another's numbers.
   * `seed` is an integer up to 2^53.
   */
  static stream(seed: number, name: string): Random {
    if (!Number.isSafeInteger(seed)) throw new Error(`seed ${seed} is not a safe integer`);
    const low = seed | 0;
    const high = Math.floor(seed / 4294967296) | 0;
    const word = (salt: number): number => {
      let h = scramble(salt ^ low);
      h = scramble((h + Math.imul(high, 0x9e3779b1) + salt) | 0);
      for (let i = 0; i < name.length; i++) {
        h = scramble(Math.imul(h, 0x01000193) ^ (name.charCodeAt(i) + salt));
      }
      return scramble((h + name.length) | 0);
    };
    return new Random(word(0x243f6a88), word(0x85a308d3), word(0x13198a2e), word(0x03707344));
  }

  /** 32 random bits as a signed integer. */
  int32(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#a) | 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1), with 53 bits. */
  uniform(): number {
    const high = this.int32() >>> 5;
    const low = this.int32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -log(1 - this.uniform());
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.#hasSpare) {
      this.#hasSpare = false;
      return this.#spareNormal;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * log(s)) / s);
      this.#spareNormal = y * scale;
      this.#hasSpare = true;
      return x * scale;
    }
  }

  /** Gamma with this shape and scale 1, so with mean `shape` (Marsaglia and Tsang 2000). */
  gamma(shape: number): number {
    if (!(shape > 0)) throw new Error(`gamma shape ${shape} is not positive`);
    if (shape < 1) {
      // Gamma(k) = Gamma(k + 1) * U^(1/k); U from (0, 1].
      const boost = exp(log(1 - this.uniform()) / shape);
      return this.gamma(shape + 1) * boost;
    }
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = 1 - this.uniform();
      if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
  }
}
