import type { Host, HostTask, Ns } from '@lithos/core';
import { EventHeap } from './event-heap.ts';

/**
 * Order of simultaneous events. What the device has finished comes first, so that whoever reacts at
 * the same instant sees it; then the scheduler's timers; then the host, which may launch more work;
 * then whoever waited for the instant to be over.
 */
export const EVENT_CLASS = { timer: 0, host: 1, settled: 2 } as const;
export type EventClass = keyof typeof EVENT_CLASS;

/** Sequence numbers stay exact in a double below this: 2^48 events a run. */
const CLASS_STRIDE = 2 ** 48;

/** Something with a next event of its own, kept outside the heap because it changes all the time. */
export interface EventSource {
  /** Time of the next event, `Infinity` if none. */
  nextNs(): Ns;
  /** Handles the event at that time. */
  fire(): void;
}

/** Virtual time: one event list, and one source (the device) that goes first on ties. */
export class Engine implements Host {
  /** Events handled so far. */
  events = 0;

  private time: Ns = 0;
  private sequence = 0;
  private readonly heap = new EventHeap();
  private readonly tasks: (HostTask | undefined)[] = [];
  private args = new Float64Array(1024);
  private readonly freeSlots: number[] = [];
  private source: EventSource = { nextNs: () => Number.POSITIVE_INFINITY, fire: () => {} };

  /** Sets the event source; the device does this once. */
  drive(source: EventSource): void {
    this.source = source;
  }

  now(): Ns {
    return this.time;
  }

  at(at: Ns, task: HostTask, arg: number): void {
    this.schedule('host', at, task, arg);
  }

  /** Calls `task.run(arg)` at `at`, or now if that is past; `NaN` is a programming error. */
  schedule(kind: EventClass, at: Ns, task: HostTask, arg: number): void {
    if (!(at < Number.POSITIVE_INFINITY)) throw new RangeError(`event at ${at} ns`);
    const slot = this.freeSlots.pop() ?? this.newSlot();
    this.tasks[slot] = task;
    this.args[slot] = arg;
    const time = at > this.time ? Math.round(at) : this.time;
    this.heap.push(time, EVENT_CLASS[kind] * CLASS_STRIDE + this.sequence, slot);
    this.sequence += 1;
  }

  /**
   * Handles all events up to and including `untilNs` and leaves the clock there; or stops after
   * `budget` events, so that the caller can look around. True if `untilNs` was reached.
   */
  run(untilNs: Ns, budget = Number.POSITIVE_INFINITY): boolean {
    const stop = this.events + budget;
    const { heap, source, tasks, freeSlots } = this;
    for (;;) {
      if (this.events >= stop) return false;
      const sourceNs = source.nextNs();
      const heapNs = heap.nextNs();
      if (sourceNs <= heapNs) {
        if (sourceNs > untilNs) break;
        this.time = sourceNs;
        this.events += 1;
        source.fire();
      } else {
        if (heapNs > untilNs) break;
        this.time = heapNs;
        this.events += 1;
        const slot = heap.pop();
        const task = tasks[slot] as HostTask;
        tasks[slot] = undefined;
        freeSlots.push(slot);
        task.run(this.args[slot] as number);
      }
    }
    if (untilNs > this.time) this.time = untilNs;
    return true;
  }

  private newSlot(): number {
    const slot = this.tasks.length;
    this.tasks.push(undefined);
    if (slot >= this.args.length) {
      const grown = new Float64Array(this.args.length * 2);
      grown.set(this.args);
      this.args = grown;
    }
    return slot;
  }
}
