import type { Ns, Submission } from '@lithos/core';
import type { ServedRequest } from '../drivers/driver.ts';
import type { UnfinishedRequest } from '../metrics/objectives.ts';

/** What a run reports while it goes on; a run record writes it down. */
export interface RunSink {
  submissionCompleted(submission: Submission): void;
  /** @param met the request met the tenant's objectives */
  requestFinished(tenant: number, request: ServedRequest, met: boolean): void;
  /**
   * A request that waits or runs when the run ends.
   * @param late it has missed an objective already
   */
  requestUnfinished?(tenant: number, request: UnfinishedRequest, late: boolean): void;
  counters(sample: CounterSample): void;
}

/** Readings at one moment. */
export interface CounterSample {
  readonly timeNs: Ns;
  /** `undefined` where the device cannot tell, as is the clock. */
  readonly powerW: number | undefined;
  readonly smClockMhz: number | undefined;
  readonly tpcsBusy: number;
  /** TPCs in the set of each tenant's oldest submission in flight. */
  readonly tpcsHeld: readonly number[];
  /** Each tenant's launches that the scheduler has not handed over whole. */
  readonly launchesQueued?: readonly number[];
  /** Each tenant's atoms that the device has and has not finished. */
  readonly atomsInFlight?: readonly number[];
}
