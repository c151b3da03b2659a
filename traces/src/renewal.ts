import type { Ns } from '@lithos/core';
import type { ArrivalSource } from './arrival-source.ts';
import type { Random } from './random.ts';

/** Arrivals without tokens whose gaps are independent, with a mean of 1 / `perS` seconds. */
class Renewal implements ArrivalSource {
  atNs: Ns = 0;
  readonly inputTokens = 0;
  readonly outputTokens = 0;
  readonly row = -1;
  readonly #meanGapNs: number;
  readonly #drawGap: () => number;
  /** Unrounded, so that rounding does not add up. */
  #exactNs = 0;

  constructor(perS: number, drawGap: () => number) {
    if (!(perS > 0) || !Number.isFinite(perS)) throw new Error(`rate ${perS}/s is not positive`);
    this.#meanGapNs = 1e9 / perS;
    this.#drawGap = drawGap;
  }

  next(): boolean {
    this.#exactNs += this.#drawGap() * this.#meanGapNs;
    this.atNs = Math.floor(this.#exactNs);
    return true;
  }
}

/** A Poisson process: `perS` arrivals per second on average, without end. */
export function poisson(perS: number, random: Random): ArrivalSource {
  return new Renewal(perS, () => random.exponential());
}

/**
 * Gamma-distributed gaps with coefficient of variation `cv`, without end: burstier than Poisson above
 * 1, smoother below. The shape is 1 / cv².
 */
export function gamma(perS: number, cv: number, random: Random): ArrivalSource {
  if (!(cv > 0) || !Number.isFinite(cv)) throw new Error(`cv ${cv} is not positive`);
  const shape = 1 / (cv * cv);
  return new Renewal(perS, () => random.gamma(shape) / shape);
}
