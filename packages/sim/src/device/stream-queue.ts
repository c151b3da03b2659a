import type { Ns, Submission, TpcSet } from '@lithos/core';
import type { Domain } from '../execution/domain.ts';

/** A stream on the device: submissions in order, of which the first is running. A ring. */
export class StreamQueue {
  readonly domain: Domain;
  readonly tpcs: TpcSet;
  readonly maxTpcs: number;
  /** The head has been given to the domain. */
  active = false;
  /** Which launch of the head runs, if it is a segment. */
  part = 0;
  length = 0;
  private ring: (Submission | undefined)[] = new Array<undefined>(16);
  /** When each reaches the device. */
  private arrivals = new Float64Array(16);
  private first = 0;

  constructor(domain: Domain, tpcs: TpcSet, maxTpcs: number) {
    this.domain = domain;
    this.tpcs = tpcs;
    this.maxTpcs = maxTpcs;
  }

  push(submission: Submission, arrivesNs: Ns): void {
    if (this.length === this.ring.length) this.grow();
    const at = (this.first + this.length) & (this.ring.length - 1);
    this.ring[at] = submission;
    this.arrivals[at] = arrivesNs;
    this.length += 1;
  }

  head(): Submission {
    return this.ring[this.first] as Submission;
  }

  /** When the head reaches the device. */
  headArrivesNs(): Ns {
    return this.arrivals[this.first] as Ns;
  }

  /** Drops the head, which has ended. */
  shift(): void {
    this.ring[this.first] = undefined;
    this.first = (this.first + 1) & (this.ring.length - 1);
    this.length -= 1;
    this.active = false;
    this.part = 0;
  }

  private grow(): void {
    const n = this.ring.length;
    const order = Array.from({ length: n }, (_, i) => (this.first + i) & (n - 1));
    this.ring = [...order.map((i) => this.ring[i]), ...new Array<undefined>(n)];
    const arrivals = new Float64Array(2 * n);
    arrivals.set(order.map((i) => this.arrivals[i] as number));
    this.arrivals = arrivals;
    this.first = 0;
  }
}
