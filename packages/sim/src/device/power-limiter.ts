import type { Mhz, Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { energyScale, idlePower } from '../model/power.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Keeps the mean board power at its limit: while the limit was exceeded, looks at the mean of every
 * window and moves the clock along the ladder to the highest at which that mean would keep the limit.
 * Shorter peaks pass, as they do on a board. At rest it needs no event.
 */
export class PowerLimiter {
  /** End of the window under way, or never. */
  nextNs: Ns = NEVER;
  /** Highest clock that the limit allows. */
  allowedMhz: Mhz;

  /** Power above which `watch` must be called, W; never, if the device keeps its limit otherwise. */
  readonly limitW: number;

  private readonly file: DeviceFile;
  private readonly windowNs: Ns;
  private sinceNs: Ns = 0;
  private sinceJ = 0;

  constructor(file: DeviceFile) {
    this.file = file;
    this.windowNs = file.power.limitWindowNs.value;
    this.limitW = file.power.ceilingW === undefined ? file.power.limitW.value : NEVER;
    this.allowedMhz = file.clock.maxSmMhz.value;
  }

  /** The power exceeds `limitW`: begins a window, if there is none. */
  watch(now: Ns, energyJ: number): void {
    if (this.nextNs === NEVER) this.begin(now, energyJ);
  }

  /** Ends a window: sets `allowedMhz`. `mhz` was in force during it. */
  fire(now: Ns, mhz: Mhz, energyJ: number): void {
    const meanW = ((energyJ - this.sinceJ) * 1e9) / Math.max(1, now - this.sinceNs);
    this.allowedMhz = highestClock(this.file, meanW, mhz);
    this.nextNs = NEVER;
    const throttled = this.allowedMhz < this.file.clock.maxSmMhz.value;
    if (throttled || meanW > this.limitW) this.begin(now, energyJ);
  }

  private begin(now: Ns, energyJ: number): void {
    this.sinceNs = now;
    this.sinceJ = energyJ;
    this.nextNs = now + this.windowNs;
  }
}

/**
 * The highest clock of the ladder at which work that drew `meanW` at `mhz` keeps the board's limit:
 * what it drew beyond idle goes with f v² (all of it: errs towards small steps up, and is mended by
 * the next window).
 */
export function highestClock(file: DeviceFile, meanW: number, mhz: Mhz): Mhz {
  const { maxSmMhz, minSmMhz, stepMhz } = file.clock;
  const perClock = (meanW - idlePower(file, mhz)) / (mhz * energyScale(file, mhz));
  let clock = maxSmMhz.value;
  while (
    clock - stepMhz.value >= minSmMhz.value &&
    idlePower(file, clock) + perClock * clock * energyScale(file, clock) > file.power.limitW.value
  ) {
    clock -= stepMhz.value;
  }
  return clock;
}
