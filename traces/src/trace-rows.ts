import type { Ns } from '@lithos/core';
import type { ArrivalSource } from './arrival-source.ts';
import type { Random } from './random.ts';

/** The rows of a recorded trace of LLM requests, as columns; these may be longer than `length`. */
export interface TraceRows {
  readonly length: number;
  /** Arrival from the first row's, ns; ascending. */
  readonly atNs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
}

/** Recorded arrivals, which also count what became of the rows. */
export interface RowsSource extends ArrivalSource {
  /** Rows looked at so far. */
  readonly read: number;
  /** Of these, yielded. */
  readonly kept: number;
  /** Of these, thinned out. */
  readonly dropped: number;
}

/** Throws unless `sample` is a probability above 0. */
export function checkSample(sample: number): void {
  if (!(sample > 0 && sample <= 1)) throw new Error(`sample ${sample} is not in (0, 1]`);
}

class Rows implements RowsSource {
  atNs: Ns = 0;
  inputTokens = 0;
  outputTokens = 0;
  row = -1;
  kept = 0;
  dropped = 0;
  readonly #rows: TraceRows;
  readonly #sample: number;
  readonly #random: Random;
  #next = 0;

  constructor(rows: TraceRows, sample: number, random: Random) {
    checkSample(sample);
    this.#rows = rows;
    this.#sample = sample;
    this.#random = random;
  }

  get read(): number {
    return this.#next;
  }

  next(): boolean {
    const rows = this.#rows;
    while (this.#next < rows.length) {
      const row = this.#next++;
      if (this.#sample < 1 && this.#random.uniform() >= this.#sample) {
        this.dropped += 1;
        continue;
      }
      this.kept += 1;
      this.row = row;
      this.atNs = rows.atNs[row] as number;
      this.inputTokens = rows.inputTokens[row] as number;
      this.outputTokens = rows.outputTokens[row] as number;
      return true;
    }
    return false;
  }
}

/**
 * Replays recorded rows once, each kept with probability `sample`. Thinning draws one number per row,
 * so whether a row is kept does not depend on how far the run gets.
 */
export function fromRows(rows: TraceRows, sample: number, random: Random): RowsSource {
  return new Rows(rows, sample, random);
}
