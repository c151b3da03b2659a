import { type HostTask, NEVER, type Ns } from '@lithos/core';
import type { UnfinishedRequest } from '../metrics/objectives.ts';
import type { Driver, DriverContext, Iteration } from './driver.ts';
import { Issuer } from './issuer.ts';

/**
 * A closed loop, as a trainer or an offline job runs: `concurrency` iterations are in flight at all
 * times, and each that ends is followed by the next at once. All go through one stream.
 */
export class ClosedLoop implements Driver {
  private readonly context: DriverContext;
  private readonly iteration: Iteration;
  private readonly concurrency: number;
  private readonly untilNs: Ns;
  private readonly issuer: Issuer;
  private readonly noticed: HostTask;
  /** Arrival times of the iterations in flight, by number modulo their count. */
  private readonly arrivals: Float64Array;
  private issued = 0;
  private done = 0;

  /** @param untilNs begins no iteration from then on */
  constructor(
    context: DriverContext,
    iteration: Iteration,
    concurrency: number,
    untilNs: Ns = NEVER,
  ) {
    this.context = context;
    this.iteration = iteration;
    this.concurrency = concurrency;
    this.untilNs = untilNs;
    this.arrivals = new Float64Array(concurrency);
    const client = {
      synchronized: (token: number, at: Ns): void =>
        context.host.at(at + context.costs.syncNs, this.noticed, token),
    };
    this.noticed = { run: (token) => this.finish(token) };
    this.issuer = new Issuer(context, context.scheduler.openStream(context.tenant, client));
  }

  start(): void {
    for (let i = 0; i < this.concurrency; i++) this.next();
  }

  unfinished(): readonly UnfinishedRequest[] {
    return Array.from({ length: this.issued - this.done }, (_, i) => ({
      arrivalNs: this.arrivals[(this.done + i) % this.concurrency] as number,
    }));
  }

  private next(): void {
    const { host, scheduler, tenant } = this.context;
    const now = host.now();
    if (now >= this.untilNs || scheduler.hasLeft(tenant)) return;
    this.arrivals[this.issued % this.concurrency] = now;
    this.context.sink.arrived(now);
    this.issuer.issue(this.iteration, 1, this.issued);
    this.issued += 1;
  }

  private finish(request: number): void {
    const arrivalNs = this.arrivals[request % this.concurrency] as number;
    this.done += 1;
    const endNs = this.context.host.now();
    this.context.sink.finished({
      request,
      arrivalNs,
      startNs: arrivalNs,
      endNs,
      inputTokens: 0,
      row: -1,
    });
    this.next();
  }
}
