import type { Host, Launchable, Ns, Scheduler } from '@lithos/core';

/** One finished request, as drivers report it. Reused by the driver: copy what you keep. */
export interface FinishedRequest {
  /** Counts the tenant's requests in order of arrival, from 0. */
  readonly request: number;
  readonly arrivalNs: Ns;
  /** The host began to launch its first kernel. */
  readonly startNs: Ns;
  /** The first output token was there; -1 for requests without tokens. */
  readonly firstTokenNs: Ns;
  readonly endNs: Ns;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Row of the trace it came from, -1 if generated. */
  readonly row: number;
}

/** Where a driver reports its tenant's requests. */
export interface RequestSink {
  arrived(arrivalNs: Ns): void;
  finished(request: FinishedRequest): void;
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
  /** Requests that have arrived and are not finished: their arrival times, oldest first. */
  unfinished(): readonly Ns[];
}

/** An iteration's launches and how the host issues them. */
export interface Iteration {
  readonly launches: readonly Launchable[];
  readonly mode: 'graph' | 'stream';
}
