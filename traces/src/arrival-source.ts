import type { Ns } from '@lithos/core';

/**
 * A stream of request arrivals, pulled one at a time so that a run of any length needs constant
 * memory: `next()` moves on to the next arrival, and the fields then describe it.
 */
export interface ArrivalSource {
  /** Moves to the next arrival; `false` when there is none left. */
  next(): boolean;
  /** When it arrives, whole ns from the start of the run; never decreases. */
  readonly atNs: Ns;
  /** Prompt tokens; 0 when the request is not one to an LLM. */
  readonly inputTokens: number;
  /** Tokens to generate; 0 when the request is not one to an LLM. */
  readonly outputTokens: number;
  /** Index of the recorded row that this is, or -1 when it was made up. */
  readonly row: number;
}
