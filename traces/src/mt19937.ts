const N = 624;
const M = 397;
const TWO_32 = 4294967296;
const TWO_64 = TWO_32 * TWO_32;
/** The greatest double below 1. */
const BELOW_ONE = 1 - Number.EPSILON / 2;

/**
 * The Mersenne Twister of C++'s `std::mt19937` (Matsumoto and Nishimura 1998), for replaying what
 * LoadGen draws. For anything else use `Random`.
 */
export class Mt19937 {
  readonly #state = new Int32Array(N);
  #index = N;

  /** `std::mt19937 g(seed)`: the seed is used modulo 2^32. */
  constructor(seed: bigint) {
    const state = this.#state;
    let previous = Number(BigInt.asIntN(32, seed));
    state[0] = previous;
    for (let i = 1; i < N; i++) {
      previous = (Math.imul(1812433253, previous ^ (previous >>> 30)) + i) | 0;
      state[i] = previous;
    }
  }

  #refill(): void {
    const s = this.#state;
    for (let i = 0; i < N; i++) {
      const next = i + 1 < N ? i + 1 : 0;
      const far = i + M < N ? i + M : i + M - N;
      const y = ((s[i] as number) & 0x80000000) | ((s[next] as number) & 0x7fffffff);
      s[i] = (s[far] as number) ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
    this.#index = 0;
  }

  /** The next 32 bits, 0 .. 2^32 - 1. */
  uint32(): number {
    if (this.#index === N) this.#refill();
    let y = this.#state[this.#index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /**
   * Uniform in [0, 1) as libstdc++'s `std::generate_canonical<double, 53>` makes it of two draws:
   * (a + b 2^32) / 2^64, rounded to double.
   */
  canonical(): number {
    const a = this.uint32();
    const u = (a + this.uint32() * TWO_32) / TWO_64;
    // The sum can round up to 2^64; libstdc++ steps down then, too.
    return u < 1 ? u : BELOW_ONE;
  }
}
