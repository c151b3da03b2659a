import type { HostTask, LaunchQueue } from '@lithos/core';
import type { DriverContext, Iteration } from './driver.ts';

/**
 * The host thread that launches one iteration after another into a stream: a graph in one call, or
 * kernel by kernel, each call taking its time. The last launch carries the iteration's token. It ends
 * with its tenant.
 */
export class Issuer {
  private readonly context: DriverContext;
  private readonly queue: LaunchQueue;
  private readonly task: HostTask;

  private readonly iterations: Iteration[] = [];
  private readonly scales: number[] = [];
  private readonly tokens: number[] = [];
  private position = 0;
  private busy = false;

  constructor(context: DriverContext, queue: LaunchQueue) {
    this.context = context;
    this.queue = queue;
    this.task = { run: () => this.step() };
  }

  /** Queues an iteration for launching; `token` marks its end. */
  issue(iteration: Iteration, scale: number, token: number): void {
    if (this.queue.closed) return;
    this.iterations.push(iteration);
    this.scales.push(scale * (iteration.scale ?? 1));
    this.tokens.push(token);
    if (!this.busy) {
      this.busy = true;
      this.wait();
    }
  }

  /** Schedules the return of the launch call that begins now. */
  private wait(): void {
    const { host, costs } = this.context;
    const mode = (this.iterations[0] as Iteration).mode;
    const cost = mode === 'graph' ? costs.graphLaunchNs : costs.launchNs;
    host.at(host.now() + cost, this.task, 0);
  }

  private step(): void {
    if (this.queue.closed) return;
    const { launches, mode } = this.iterations[0] as Iteration;
    const scale = this.scales[0] as number;
    const token = this.tokens[0] as number;
    const { scheduler } = this.context;
    const end = mode === 'graph' ? launches.length : this.position + 1;
    for (let i = this.position; i < end; i++) {
      const last = i === launches.length - 1;
      scheduler.launch(
        this.queue,
        launches[i] as Iteration['launches'][number],
        scale,
        token,
        last ? token : -1,
      );
    }
    this.position = end;
    if (end === launches.length) {
      this.position = 0;
      this.iterations.shift();
      this.scales.shift();
      this.tokens.shift();
    }
    if (this.iterations.length > 0) this.wait();
    else this.busy = false;
  }
}
