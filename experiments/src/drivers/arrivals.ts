import type { HostTask, Ns } from '@lithos/core';
import type { ArrivalSource } from '@lithos/traces';
import type { DriverContext } from './driver.ts';
import { WaitingLine } from './waiting-line.ts';

/** Plays an arrival source on the host's clock into a waiting line. */
export class ArrivalPlayer {
  readonly line = new WaitingLine();
  private readonly context: DriverContext;
  private readonly source: ArrivalSource;
  private readonly onArrival: () => void;
  private readonly task: HostTask;
  private beganNs: Ns = 0;
  private requests = 0;

  constructor(context: DriverContext, source: ArrivalSource, onArrival: () => void) {
    this.context = context;
    this.source = source;
    this.onArrival = onArrival;
    this.task = { run: () => this.arrive() };
  }

  start(): void {
    this.beganNs = this.context.host.now();
    this.scheduleNext();
  }

  private scheduleNext(): void {
    if (this.source.next()) {
      this.context.host.at(this.beganNs + this.source.atNs, this.task, 0);
    }
  }

  private arrive(): void {
    const { scheduler, tenant } = this.context;
    if (scheduler.hasLeft(tenant)) return;
    this.enqueue(this.beganNs + this.source.atNs);
    this.scheduleNext();
    this.onArrival();
  }

  /** Lets the source's next request arrive now, whatever its time: for closed loops. */
  inject(): void {
    if (this.source.next()) this.enqueue(this.context.host.now());
  }

  private enqueue(arrivalNs: Ns): void {
    const { source } = this;
    this.context.sink.arrived(arrivalNs);
    this.line.push(this.requests++, arrivalNs, source.inputTokens, source.outputTokens, source.row);
  }
}
