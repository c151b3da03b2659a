/**
 * Units. Time is an integer number of nanoseconds on the device's own clock, held in a double:
 * exact up to 2^53 ns, which is 104 days.
 */

/** A point in time or a span, in nanoseconds. */
export type Ns = number;

/** A clock frequency in MHz. */
export type Mhz = number;

export const US = 1_000;
export const MS = 1_000_000;
export const SECOND = 1_000_000_000;

/** Later than every event: "never". */
export const NEVER: Ns = Number.POSITIVE_INFINITY;
