import type { Ns } from '@lithos/core';

/** Requests that wait for a server, first in, first out, in columns. */
export class WaitingLine {
  length = 0;
  private head = 0;
  private columns = new Float64Array(5 * 64);
  private capacity = 64;

  push(
    request: number,
    arrivalNs: Ns,
    inputTokens: number,
    outputTokens: number,
    row: number,
  ): void {
    if (this.length === this.capacity) this.grow();
    const at = ((this.head + this.length) & (this.capacity - 1)) * 5;
    this.columns[at] = request;
    this.columns[at + 1] = arrivalNs;
    this.columns[at + 2] = inputTokens;
    this.columns[at + 3] = outputTokens;
    this.columns[at + 4] = row;
    this.length += 1;
  }

  /** Moves the head into `into`; the line must not be empty. */
  shift(into: WaitingRequest): void {
    const at = this.head * 5;
    into.request = this.columns[at] as number;
    into.arrivalNs = this.columns[at + 1] as number;
    into.inputTokens = this.columns[at + 2] as number;
    into.outputTokens = this.columns[at + 3] as number;
    into.row = this.columns[at + 4] as number;
    this.head = (this.head + 1) & (this.capacity - 1);
    this.length -= 1;
  }

  /** Arrival times of those who wait, oldest first. */
  arrivals(): Ns[] {
    return Array.from(
      { length: this.length },
      (_, i) => this.columns[((this.head + i) & (this.capacity - 1)) * 5 + 1] as number,
    );
  }

  private grow(): void {
    const grown = new Float64Array(this.columns.length * 2);
    const tail = this.columns.subarray(this.head * 5);
    grown.set(tail);
    grown.set(this.columns.subarray(0, this.head * 5), tail.length);
    this.columns = grown;
    this.capacity *= 2;
    this.head = 0;
  }
}

/** A request taken from a waiting line. */
export interface WaitingRequest {
  request: number;
  arrivalNs: Ns;
  inputTokens: number;
  outputTokens: number;
  row: number;
}
