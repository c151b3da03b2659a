import type { Ns } from '@lithos/core';
import type { ArrivalSource } from './arrival-source.ts';
import type { TraceRows } from './trace-rows.ts';

/** Room for rows that come one by one. */
export class RowsBuilder implements TraceRows {
  length = 0;
  atNs = new Float64Array(1024);
  inputTokens = new Uint32Array(1024);
  outputTokens = new Uint32Array(1024);

  push(atNs: Ns, inputTokens: number, outputTokens: number): void {
    if (this.length === this.atNs.length) this.#grow();
    this.atNs[this.length] = atNs;
    this.inputTokens[this.length] = inputTokens;
    this.outputTokens[this.length] = outputTokens;
    this.length += 1;
  }

  #grow(): void {
    const capacity = 2 * this.length;
    const atNs = new Float64Array(capacity);
    const inputTokens = new Uint32Array(capacity);
    const outputTokens = new Uint32Array(capacity);
    atNs.set(this.atNs);
    inputTokens.set(this.inputTokens);
    outputTokens.set(this.outputTokens);
    this.atNs = atNs;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
  }
}

/** The arrivals of a source before `untilNs` as rows: for statistics and for writing a trace. */
export function collectRows(source: ArrivalSource, untilNs: Ns): TraceRows {
  const rows = new RowsBuilder();
  while (source.next() && source.atNs < untilNs) {
    rows.push(source.atNs, source.inputTokens, source.outputTokens);
  }
  return rows;
}
