import type { Submission, TpcSet } from '@lithos/core';
import type { Domain } from '../execution/domain.ts';

/** A stream on the device: submissions in order, of which the first is running. A ring. */
export class StreamQueue {
  readonly domain: Domain;
  readonly tpcs: TpcSet;
  readonly maxTpcs: number;
  /** The head has been given to the domain. */
  active = false;
  length = 0;
  /** Part of the head's segment that runs. */
  part = 0;
  private ring: (Submission | undefined)[] = new Array<undefined>(16);
  private first = 0;

  constructor(domain: Domain, tpcs: TpcSet, maxTpcs: number) {
    this.domain = domain;
    this.tpcs = tpcs;
    this.maxTpcs = maxTpcs;
  }

  push(submission: Submission): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.first + this.length) & (this.ring.length - 1)] = submission;
    this.length += 1;
  }

  head(): Submission {
    return this.ring[this.first] as Submission;
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
    const ordered = Array.from({ length: n }, (_, i) => this.ring[(this.first + i) & (n - 1)]);
    this.ring = [...ordered, ...new Array<undefined>(n)];
    this.first = 0;
  }
}
