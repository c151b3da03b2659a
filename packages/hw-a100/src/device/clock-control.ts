import { type HostTask, LithosError, type Mhz, type Ns } from '@lithos/core';

/** Least time between two changes of the clock, ns: a change takes some 50 ms (LithOS, section 5.6). */
const LEAST_BETWEEN_NS: Ns = 500_000_000;
/** Until a change is taken to be in force, ns. */
const SETTLE_NS: Ns = 50_000_000;

/** What can change the clock: NVML, or a watchdog process that has it. */
export interface ClockSetter {
  /** Settles when the clock is locked, or could not be. */
  lock(mhz: Mhz): Promise<void>;
  unlock(): void;
}

/** The device whose clock it is: its time line, and whom to tell. */
export interface ClockHost {
  now(): Ns;
  at(at: Ns, task: HostTask, arg: number): void;
  clockChanged(mhz: Mhz): void;
  clockFailed(error: Error): void;
}

/**
 * The SM clock, for those who were given permission: changes are rare, and whatever happens the clock
 * goes back to the driver's own choice at the end. Of wishes that come too soon the latest is kept
 * until its time has come.
 */
export class ClockControl {
  private readonly setter: ClockSetter;
  private readonly settable: readonly Mhz[];
  private changedNs: Ns = Number.NEGATIVE_INFINITY;
  private wish: Mhz | undefined;
  /** A change is under way, or waits for its time. */
  private busy = false;
  private locked = false;
  private closed = false;

  constructor(setter: ClockSetter, settable: readonly Mhz[]) {
    this.setter = setter;
    this.settable = settable;
  }

  /** Asks for a clock; `host` is told when it is in force. */
  set(mhz: Mhz, host: ClockHost): void {
    if (!this.settable.includes(mhz)) {
      throw new LithosError(
        'E_CLOCK_RANGE',
        `SM clock ${mhz} MHz is not one that the driver offers`,
        `clocks: ${this.settable[0]} to ${this.settable[this.settable.length - 1]} MHz`,
        1,
      );
    }
    this.wish = mhz;
    if (!this.busy) this.next(host);
  }

  /** Gives the clock back to the driver, if it was taken; nothing more is changed. */
  reset(): void {
    this.closed = true;
    if (!this.locked) return;
    this.locked = false;
    this.setter.unlock();
  }

  private next(host: ClockHost): void {
    const { wish } = this;
    this.busy = wish !== undefined && !this.closed;
    if (wish === undefined || this.closed) return;
    const now = host.now();
    const due = this.changedNs + LEAST_BETWEEN_NS;
    if (now < due) {
      host.at(due, { run: () => this.next(host) }, 0);
      return;
    }
    this.wish = undefined;
    this.changedNs = now;
    this.locked = true;
    this.setter.lock(wish).then(
      () => this.later(host, SETTLE_NS, () => host.clockChanged(wish)),
      (error: Error) => this.later(host, 0, () => host.clockFailed(error)),
    );
  }

  /** Goes on upon the device's time line. */
  private later(host: ClockHost, ns: Ns, tell: () => void): void {
    if (this.closed) return;
    const run = (): void => {
      tell();
      this.next(host);
    };
    host.at(host.now() + ns, { run }, 0);
  }
}
