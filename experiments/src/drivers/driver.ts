import type { Host, Launchable, Ns, Scheduler } from '@lithos/core';
import type { FinishedRequest, UnfinishedRequest } from '../metrics/objectives.ts';

/** One finished request, as drivers report it. */
export interface ServedRequest extends FinishedRequest {
  /** Counts the tenant's requests in order of arrival, from 0. */
  readonly request: number;
  readonly inputTokens: number;
  /** Row of the trace it came from, -1 if generated. */
  readonly row: number;
}

/** Where a driver reports its tenant's requests. */
export interface RequestSink {
  arrived(arrivalNs: Ns): void;
  finished(request: ServedRequest): void;
}

/** What host code costs, ns: see the device files. */
export interface HostCosts {
  /** One `cuLaunchKernel`. */
  readonly launchNs: Ns;
  /** One `cuGraphLaunch`, whatever its size. */
  readonly graphLaunchNs: Ns;
  /** From the end of the last kernel to the host having noticed. */
  readonly syncNs: Ns;
}

/** What every driver works with. */
export interface DriverContext {
  readonly host: Host;
  readonly scheduler: Scheduler;
  readonly tenant: number;
  readonly costs: HostCosts;
  readonly sink: RequestSink;
}

/** A driver plays one tenant: it makes requests arrive, launches their kernels and waits for them. */
export interface Driver {
  /** Begins at the host's present time. */
  start(): void;
  /** Requests that have arrived and are not finished. */
  unfinished(): readonly UnfinishedRequest[];
}

/** An iteration's launches and how the host issues them. */
export interface Iteration {
  readonly launches: readonly Launchable[];
  readonly mode: 'graph' | 'stream';
  /** Factor on its durations, 1 unless stated. */
  readonly scale?: number;
}
