import type { Launchable } from './kernel.ts';
import type { Submission } from './submission.ts';
import { TpcSet } from './tpc-set.ts';
import type { Ns } from './units.ts';

/** Told when a launch that carries a token has finished: the driver's synchronisation point. */
export interface StreamClient {
  synchronized(token: number, at: Ns): void;
}

/** No synchronisation point at this launch. */
export const NO_TOKEN = -1;

/**
 * A stream's launch queue (launched by the tenant, not yet submitted to the device) and its sync
 * queue (submitted, not yet finished). A ring of columns: launching allocates nothing.
 */
export class LaunchQueue {
  readonly stream: number;
  readonly tenant: number;
  readonly client: StreamClient;

  /** First block of the head launch that has not been submitted. */
  headBlock = 0;
  /** Atoms of the head launch submitted so far. */
  headAtoms = 0;
  /** Number of the head launch, if there is one. */
  headLaunch = 0;
  /** When the device was last given something from this queue. */
  lastServedNs: Ns = 0;
  /** Its tenant has left: nothing can be launched into it any more. */
  closed = false;

  /** Sync queue: submissions in flight, oldest first, in a ring. */
  private inFlight: (Submission | undefined)[] = new Array<undefined>(16);
  private inFlightHead = 0;
  /** Submissions in flight. */
  outstanding = 0;

  private works: (Launchable | undefined)[] = new Array<undefined>(64);
  private scales = new Float64Array(64);
  private requests = new Float64Array(64);
  private tokens = new Float64Array(64);
  private launches = new Float64Array(64);
  private head = 0;
  /** Launches waiting, the partly submitted head included. */
  length = 0;

  constructor(stream: number, tenant: number, client: StreamClient) {
    this.stream = stream;
    this.tenant = tenant;
    this.client = client;
  }

  push(work: Launchable, scale: number, request: number, token: number, launch: number): void {
    if (this.length === this.works.length) this.grow();
    const i = (this.head + this.length) & (this.works.length - 1);
    this.works[i] = work;
    this.scales[i] = scale;
    this.requests[i] = request;
    this.tokens[i] = token;
    this.launches[i] = launch;
    if (this.length === 0) this.headLaunch = launch;
    this.length += 1;
  }

  /** The head launch; throws if the queue is empty. */
  headWork(): Launchable {
    const work = this.works[this.head];
    if (work === undefined) throw new Error('headWork() of an empty launch queue');
    return work;
  }

  headScale(): number {
    return this.scales[this.head] as number;
  }

  headRequest(): number {
    return this.requests[this.head] as number;
  }

  headToken(): number {
    return this.tokens[this.head] as number;
  }

  /** Drops the head launch: all of it has been submitted. */
  shift(): void {
    this.works[this.head] = undefined;
    this.head = (this.head + 1) & (this.works.length - 1);
    this.length -= 1;
    this.headBlock = 0;
    this.headAtoms = 0;
    if (this.length > 0) this.headLaunch = this.launches[this.head] as number;
  }

  pushInFlight(submission: Submission): void {
    if (this.outstanding === this.inFlight.length) this.growInFlight();
    this.inFlight[(this.inFlightHead + this.outstanding) & (this.inFlight.length - 1)] = submission;
    this.outstanding += 1;
  }

  /** The oldest submission in flight, or `undefined`. */
  oldestInFlight(): Submission | undefined {
    return this.outstanding === 0 ? undefined : this.inFlight[this.inFlightHead];
  }

  /** Drops what waits; submissions in flight stay. Gives the number of launches dropped. */
  clear(): number {
    const dropped = this.length;
    while (this.length > 0) this.shift();
    return dropped;
  }

  /** All TPCs of the submissions in flight. */
  tpcsInFlight(): TpcSet {
    let all = TpcSet.EMPTY;
    for (let i = 0; i < this.outstanding; i++) {
      const submission = this.inFlight[(this.inFlightHead + i) & (this.inFlight.length - 1)];
      if (submission !== undefined) all = all.union(submission.tpcs);
    }
    return all;
  }

  /** Removes the oldest submission in flight. */
  shiftInFlight(): void {
    this.inFlight[this.inFlightHead] = undefined;
    this.inFlightHead = (this.inFlightHead + 1) & (this.inFlight.length - 1);
    this.outstanding -= 1;
  }

  private grow(): void {
    const old = this.works.length;
    const order = Array.from({ length: old }, (_, i) => (this.head + i) & (old - 1));
    const column = (values: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(old * 2);
      order.forEach((from, to) => {
        grown[to] = values[from] as number;
      });
      return grown;
    };
    this.works = [...order.map((i) => this.works[i]), ...new Array<undefined>(old)];
    this.scales = column(this.scales);
    this.requests = column(this.requests);
    this.tokens = column(this.tokens);
    this.launches = column(this.launches);
    this.head = 0;
  }

  private growInFlight(): void {
    const old = this.inFlight.length;
    this.inFlight = [
      ...Array.from({ length: old }, (_, i) => this.inFlight[(this.inFlightHead + i) & (old - 1)]),
      ...new Array<undefined>(old),
    ];
    this.inFlightHead = 0;
  }
}
