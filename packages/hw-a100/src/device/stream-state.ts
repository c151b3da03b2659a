import { type Submission, TpcSet } from '@lithos/core';
import type { Handle } from '../driver/cuda.ts';
import type { Place, SegmentGraph } from './places.ts';

/**
 * A scheduler stream on the device: what the driver has of it, oldest first, and what still waits
 * because the driver has enough. Rings of columns, so that the launch path allocates nothing.
 */
export class StreamState {
  readonly tenant: number;
  /** Marks the end of what was given to the stream before it changed its place. */
  readonly event: Handle;
  /** Completion records of single kernels, two for each that is in flight, used in turn. */
  readonly records: Int32Array;
  place: Place | undefined;
  /** The set that was last asked for, and the one that served it. */
  asked: TpcSet | undefined;
  served: TpcSet = TpcSet.EMPTY;

  /** Submissions that the driver has. */
  inFlight = 0;
  /** Submissions in all. */
  length = 0;
  private submissions: (Submission | undefined)[];
  readonly startRecords: Int32Array;
  readonly endRecords: Int32Array;
  readonly numbers: Uint32Array;
  readonly places: (Place | undefined)[];
  readonly graphs: (SegmentGraph | undefined)[];
  private first = 0;
  launched = 0;

  constructor(tenant: number, event: Handle, records: Int32Array) {
    this.tenant = tenant;
    this.event = event;
    this.records = records;
    const depth = records.length / 2;
    this.submissions = new Array<undefined>(2 * depth);
    this.startRecords = new Int32Array(depth);
    this.endRecords = new Int32Array(depth);
    this.numbers = new Uint32Array(depth);
    this.places = new Array<undefined>(depth);
    this.graphs = new Array<undefined>(depth);
  }

  /** Submissions that the driver may have at once. */
  get depth(): number {
    return this.numbers.length;
  }

  push(submission: Submission): void {
    if (this.length === this.submissions.length) this.grow();
    this.submissions[(this.first + this.length) & (this.submissions.length - 1)] = submission;
    this.length += 1;
  }

  /** The oldest submission that the driver does not have yet. */
  waiting(): Submission {
    return this.submissions[
      (this.first + this.inFlight) & (this.submissions.length - 1)
    ] as Submission;
  }

  head(): Submission {
    return this.submissions[this.first] as Submission;
  }

  /** Slot of the columns for the next launch. */
  get nextSlot(): number {
    return this.launched % this.depth;
  }

  /** Slot of the columns that the oldest submission in flight has. */
  get headSlot(): number {
    return (this.launched - this.inFlight) % this.depth;
  }

  shift(): void {
    this.submissions[this.first] = undefined;
    this.first = (this.first + 1) & (this.submissions.length - 1);
    this.length -= 1;
    this.inFlight -= 1;
  }

  private grow(): void {
    const n = this.submissions.length;
    const ordered = Array.from(
      { length: n },
      (_, i) => this.submissions[(this.first + i) & (n - 1)],
    );
    this.submissions = [...ordered, ...new Array<undefined>(n)];
    this.first = 0;
  }
}
