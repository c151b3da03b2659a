import type { Ns, Submission } from '@lithos/core';
import type { ServedRequest } from '../drivers/driver.ts';

/** What a run reports while it goes on; a run record writes it down. */
export interface RunSink {
  submissionCompleted(submission: Submission): void;
  /** @param met the request met the tenant's objectives */
  requestFinished(tenant: number, request: ServedRequest, met: boolean): void;
  counters(sample: CounterSample): void;
}

/** Readings at one moment. */
export interface CounterSample {
  readonly timeNs: Ns;
  readonly powerW: number;
  readonly smClockMhz: number;
  readonly tpcsBusy: number;
  /** TPCs in the set of each tenant's oldest submission in flight. */
  readonly tpcsHeld: readonly number[];
}
