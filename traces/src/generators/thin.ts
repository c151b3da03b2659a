import type { Ns } from '@lithos/core';
import type { ArrivalSource } from '../arrival-source.ts';
import type { Random } from '../random.ts';
import { checkSample } from '../trace-rows.ts';

class Thinned implements ArrivalSource {
  readonly #source: ArrivalSource;
  readonly #sample: number;
  readonly #random: Random;

  constructor(source: ArrivalSource, sample: number, random: Random) {
    checkSample(sample);
    this.#source = source;
    this.#sample = sample;
    this.#random = random;
  }

  get atNs(): Ns {
    return this.#source.atNs;
  }
  get inputTokens(): number {
    return this.#source.inputTokens;
  }
  get outputTokens(): number {
    return this.#source.outputTokens;
  }
  get row(): number {
    return this.#source.row;
  }

  next(): boolean {
    while (this.#source.next()) {
      if (this.#random.uniform() < this.#sample) return true;
    }
    return false;
  }
}

/** The arrivals of a source, each kept with probability `sample`. */
export function thin(source: ArrivalSource, sample: number, random: Random): ArrivalSource {
  return new Thinned(source, sample, random);
}
