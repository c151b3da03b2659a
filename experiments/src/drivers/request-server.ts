import type { HostTask, Ns } from '@lithos/core';
import type { ArrivalSource } from '@lithos/traces';
import type { UnfinishedRequest } from '../metrics/objectives.ts';
import { ArrivalPlayer } from './arrivals.ts';
import type { Driver, DriverContext, Iteration } from './driver.ts';
import { Issuer } from './issuer.ts';
import type { WaitingRequest } from './waiting-line.ts';

/**
 * An open-loop service: requests arrive whether or not the service keeps up, and are served one at a
 * time, first come, first served. A request is one iteration of the profile and a synchronisation.
 */
export class RequestServer implements Driver {
  private readonly context: DriverContext;
  private readonly iteration: Iteration;
  private readonly issuer: Issuer;
  private readonly player: ArrivalPlayer;
  private readonly noticed: HostTask;
  private readonly serving: WaitingRequest & { startNs: Ns } = {
    request: 0,
    arrivalNs: 0,
    inputTokens: 0,
    outputTokens: 0,
    row: -1,
    startNs: 0,
  };
  private busy = false;

  constructor(context: DriverContext, iteration: Iteration, source: ArrivalSource) {
    this.context = context;
    this.iteration = iteration;
    this.noticed = { run: () => this.finish() };
    const client = {
      synchronized: (_: number, at: Ns): void =>
        context.host.at(at + context.costs.syncNs, this.noticed, 0),
    };
    this.issuer = new Issuer(context, context.scheduler.openStream(context.tenant, client));
    this.player = new ArrivalPlayer(context, source, () => this.serve());
  }

  start(): void {
    this.player.start();
  }

  unfinished(): readonly UnfinishedRequest[] {
    const waiting = this.player.line.arrivals().map((arrivalNs) => ({ arrivalNs }));
    return this.busy ? [{ arrivalNs: this.serving.arrivalNs }, ...waiting] : waiting;
  }

  private serve(): void {
    if (this.busy || this.player.line.length === 0) return;
    this.busy = true;
    this.player.line.shift(this.serving);
    this.serving.startNs = this.context.host.now();
    this.issuer.issue(this.iteration, 1, this.serving.request);
  }

  private finish(): void {
    const { serving } = this;
    this.busy = false;
    this.context.sink.finished({
      request: serving.request,
      arrivalNs: serving.arrivalNs,
      startNs: serving.startNs,
      endNs: this.context.host.now(),
      inputTokens: 0,
      row: serving.row,
    });
    this.serve();
  }
}
