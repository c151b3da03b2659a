import type { KernelShape, Ns } from '@lithos/core';

/**
 * What a tenant's process has seen since it last said so, as tables of numbers, row by row: cheap to send
 * from a thread that must not be held up. Times are the process's own, ns.
 */
export interface Observations {
  /** Whatever comes later ended later than this. */
  readonly untilNs: Ns;
  readonly atoms: Float64Array;
  readonly requests: Float64Array;
  readonly counters: Float64Array;
  /** Begins and ends of times in which the device had work of this process. */
  readonly changes: Float64Array;
  /** Requests that were not complete at the end. */
  readonly unfinished: Float64Array;
  /** Kernels that have not been in atoms before; atoms name them by their ids. */
  readonly kernels: readonly KernelShape[];
}

/** Columns of the tables; in each, what it is ordered by comes first. */
export const COLUMNS = {
  atoms: [
    'endNs',
    'startNs',
    'submittedNs',
    'stream',
    'launch',
    'request',
    'kernel',
    'blockBegin',
    'blockEnd',
    'atom',
    'last',
    'tpcs0',
    'tpcs1',
    'tpcs2',
    'priority',
    'predictedNs',
  ],
  requests: [
    'endNs',
    'arrivalNs',
    'startNs',
    'firstTokenNs',
    'request',
    'inputTokens',
    'outputTokens',
    'row',
    'met',
  ],
  counters: ['timeNs', 'powerW', 'smClockMhz', 'tpcsHeld', 'launchesQueued', 'atomsInFlight'],
  changes: ['timeNs', 'busy'],
  unfinished: ['arrivalNs', 'firstTokenNs', 'late'],
} as const;

type TableOf = keyof typeof COLUMNS;

/** Values of a row by column. */
export type RowOf<T extends TableOf> = Readonly<Record<(typeof COLUMNS)[T][number], number>>;

/** Reads the row that begins at `at`. */
export function readRow<T extends TableOf>(table: T, values: Float64Array, at: number): RowOf<T> {
  const row: Record<string, number> = {};
  COLUMNS[table].forEach((name, i) => {
    row[name] = values[at + i] as number;
  });
  return row as RowOf<T>;
}

/** Rows of one table, in memory that grows to the largest batch and is used again. */
export class RowBuffer<T extends TableOf> {
  private readonly width: number;
  private readonly table: T;
  private values: Float64Array;
  private used = 0;

  constructor(table: T) {
    this.table = table;
    this.width = COLUMNS[table].length;
    this.values = new Float64Array(256 * this.width);
  }

  add(row: RowOf<T>): void {
    if (this.used === this.values.length) {
      const larger = new Float64Array(2 * this.used);
      larger.set(this.values);
      this.values = larger;
    }
    for (const name of COLUMNS[this.table]) {
      this.values[this.used] = (row as Readonly<Record<string, number>>)[name] as number;
      this.used += 1;
    }
  }

  /** Forgets the last row. */
  removeLast(): void {
    this.used -= this.width;
  }

  get rows(): number {
    return this.used / this.width;
  }

  /** The rows, until the next one is added. */
  take(): Float64Array {
    const taken = this.values.subarray(0, this.used);
    this.used = 0;
    return taken;
  }
}
