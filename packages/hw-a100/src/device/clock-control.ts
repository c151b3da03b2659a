import { LithosError, type Mhz, type Ns } from '@lithos/core';

/** Least time between two changes of the clock, ns: a change takes some 50 ms (LithOS, section 5.6). */
const LEAST_BETWEEN_NS: Ns = 500_000_000;
/** Until a change is taken to be in force, ns. */
const SETTLE_NS: Ns = 50_000_000;

/** What can change the clock: NVML, or a watchdog process that has it. */
export interface ClockSetter {
  lock(mhz: Mhz): void;
  unlock(): void;
}

/**
 * The SM clock, for those who were given permission: changes are rare, and whatever happens the clock
 * goes back to the driver's own choice at the end.
 */
export class ClockControl {
  private readonly setter: ClockSetter;
  private readonly settable: readonly Mhz[];
  private changedNs: Ns = Number.NEGATIVE_INFINITY;
  private locked = false;

  constructor(setter: ClockSetter, settable: readonly Mhz[]) {
    this.setter = setter;
    this.settable = settable;
  }

  /** Asks for a clock; the time from which it is in force. */
  set(mhz: Mhz, now: Ns): Ns {
    if (!this.settable.includes(mhz)) {
      throw new LithosError(
        'E_CLOCK_RANGE',
        `SM clock ${mhz} MHz is not one that the driver offers`,
        `clocks: ${this.settable[0]} to ${this.settable[this.settable.length - 1]} MHz`,
        1,
      );
    }
    if (now - this.changedNs < LEAST_BETWEEN_NS) {
      throw new LithosError(
        'E_CLOCK_RATE',
        `the SM clock was changed ${((now - this.changedNs) / 1e6).toFixed(0)} ms ago`,
        `leave ${LEAST_BETWEEN_NS / 1e6} ms between changes`,
        1,
      );
    }
    this.locked = true;
    this.setter.lock(mhz);
    this.changedNs = now;
    return now + SETTLE_NS;
  }

  /** Gives the clock back to the driver, if it was taken. */
  reset(): void {
    if (!this.locked) return;
    this.locked = false;
    this.setter.unlock();
  }
}
