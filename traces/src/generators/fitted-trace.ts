import type { Ns } from '@lithos/core';

/** What a recorded trace is boiled down to, enough to make arrivals and token counts like its own. */
export interface FittedTrace {
  /** Id of the trace that it was fitted to. */
  readonly id: string;
  /** Length of a counting window. */
  readonly windowNs: Ns;
  /** Length of the recording; the last window may be cut short by it. */
  readonly spanNs: Ns;
  /** Arrivals in each window. */
  readonly counts: readonly number[];
  /** Shape of the gamma distribution of the gaps in operational time, where the mean rate is 1. */
  readonly gammaShape: number;
  /** Prompt tokens at `KNOT_PERCENTILES`. */
  readonly inputKnots: readonly number[];
  /** Generated tokens at `KNOT_PERCENTILES`. */
  readonly outputKnots: readonly number[];
}

/** The percentiles that token knots stand at. */
// biome-ignore format: one line
export const KNOT_PERCENTILES: readonly number[] = [0, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.5, 99.9, 100];
