import type { Ns } from '@lithos/core';
import type { ArrivalSource } from '../arrival-source.ts';
import type { Random } from '../random.ts';
import type { FittedTrace } from './fitted-trace.ts';

/**
 * Arrivals by operational time. The counts per window add up to a rising, piecewise linear function
 * L(t); in operational time s = L(t) arrivals come at rate 1 with gamma-distributed gaps, and each is
 * mapped back to t. So the slow changes of the rate are the recorded ones, and the short-term
 * burstiness is the gamma's. After the recording's span everything repeats.
 */
export class FittedArrivals implements ArrivalSource {
  atNs: Ns = 0;
  readonly inputTokens = 0;
  readonly outputTokens = 0;
  readonly row = -1;
  readonly #trace: FittedTrace;
  readonly #random: Random;
  /** Start of the current repetition. */
  #cycleNs: Ns = 0;
  #window = 0;
  /** Operational time, from the start of the current window. */
  #operational = 0;

  constructor(trace: FittedTrace, random: Random) {
    if (!trace.counts.some((count) => count > 0)) throw new Error(`${trace.id}: no arrivals`);
    this.#trace = trace;
    this.#random = random;
  }

  next(): boolean {
    const { counts, windowNs, spanNs, gammaShape } = this.#trace;
    this.#operational += this.#random.gamma(gammaShape) / gammaShape;
    let count = counts[this.#window] as number;
    while (this.#operational >= count) {
      this.#operational -= count;
      this.#window += 1;
      if (this.#window === counts.length) {
        this.#window = 0;
        this.#cycleNs += spanNs;
      }
      count = counts[this.#window] as number;
    }
    const start = this.#window * windowNs;
    const width = Math.min(windowNs, spanNs - start);
    const offset = Math.floor(start + (this.#operational / count) * width);
    this.atNs = this.#cycleNs + offset;
    return true;
  }
}
