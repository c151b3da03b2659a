import type { Ns } from '@lithos/core';
import type { Domain } from '../execution/domain.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Round robin over the contexts of a device: one domain runs at a time, for a slice, and changing to
 * another costs `switchNs`, in which nothing runs. An idle context is left at once; a context that is
 * alone keeps the device, its slice renewed without a switch. The first context loaded costs nothing.
 */
export class TimeSlicer {
  /** End of the slice or of the switch under way. */
  nextNs: Ns = NEVER;

  private readonly sliceNs: Ns;
  private readonly switchNs: Ns;
  private readonly contexts: Domain[] = [];
  /** Index of the loaded context, or of the one being loaded; -1 before the first. */
  private current = -1;
  private switching = false;
  private sliceStartNs: Ns = 0;
  /** The loaded context has run out of work: its next work begins a new slice. */
  private idle = true;

  constructor(sliceNs: Ns, switchNs: Ns) {
    this.sliceNs = sliceNs;
    this.switchNs = switchNs;
  }

  /** Adds a context; it is switched out until it is given the device. */
  add(domain: Domain): void {
    domain.running = false;
    this.contexts.push(domain);
  }

  /** Called when a context that had no work gets some, or has run out of it. */
  workChanged(now: Ns): void {
    if (this.switching) return;
    const active = this.contexts[this.current];
    if (active !== undefined && active.grids.length > 0) {
      if (this.idle) {
        this.idle = false;
        this.sliceStartNs = now;
      }
      // Slices are counted from when the context was given the device, renewed while it is alone.
      this.nextNs =
        this.nextRunnable() < 0
          ? NEVER
          : this.sliceStartNs +
            Math.max(1, Math.ceil((now - this.sliceStartNs) / this.sliceNs)) * this.sliceNs;
      return;
    }
    this.idle = true;
    this.nextNs = NEVER;
    const next = this.nextRunnable();
    if (next >= 0) this.switchTo(next, now);
  }

  /** Handles the end of a slice or of a switch. */
  fire(now: Ns): void {
    const context = this.contexts[this.current] as Domain;
    if (this.switching) {
      this.switching = false;
      this.idle = true;
      context.thaw(now);
      this.nextNs = NEVER;
      this.workChanged(now);
      return;
    }
    const next = this.nextRunnable();
    if (next >= 0) this.switchTo(next, now);
    else this.nextNs = NEVER;
  }

  /** The next context in turn that has work, or -1. */
  private nextRunnable(): number {
    const n = this.contexts.length;
    for (let i = 1; i < n + (this.current < 0 ? 1 : 0); i++) {
      const index = (Math.max(0, this.current) + i - (this.current < 0 ? 1 : 0)) % n;
      if ((this.contexts[index] as Domain).grids.length > 0) return index;
    }
    return -1;
  }

  private switchTo(index: number, now: Ns): void {
    const first = this.current < 0;
    if (!first) (this.contexts[this.current] as Domain).freeze(now);
    this.current = index;
    if (first) {
      (this.contexts[index] as Domain).thaw(now);
      this.workChanged(now);
      return;
    }
    this.switching = true;
    this.nextNs = now + this.switchNs;
  }
}
