import type { Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';

/**
 * The power that `nvidia-smi` shows beside the true one: the mean of a short window at the end of
 * every period, held until the next. On A100 and H100 it covers a quarter of the time (25 ms of
 * every 100 ms), so work that comes in bursts is over- or underrated by it.
 * Source: Yang, Adamek and Armour, "Part-time Power Measurements" (SC 2024).
 */
export class PowerSampler {
  /** The last sample, W. */
  watts: number;
  private readonly windowNs: Ns;
  private readonly periodNs: Ns;
  /** End of the window that is under way or comes next. */
  private endNs: Ns;
  /** Begin of that window: what comes before need not be added. */
  beginNs: Ns;
  /** Watt-nanoseconds of the window so far. */
  private energy = 0;

  /** @param watts what is shown before the first window has ended */
  constructor(file: DeviceFile, watts: number) {
    this.watts = watts;
    this.windowNs = file.power.sampleWindowNs.value;
    this.periodNs = file.power.samplePeriodNs.value;
    this.endNs = this.periodNs;
    this.beginNs = this.endNs - this.windowNs;
  }

  /** Takes in that the board drew `watts` from `from` to `to`; spans come in order. */
  add(from: Ns, to: Ns, watts: number): void {
    if (to <= this.beginNs) return;
    if (to < this.endNs) {
      this.energy += watts * (to - Math.max(from, this.beginNs));
      return;
    }
    this.energy += watts * (this.endNs - Math.max(from, this.beginNs));
    this.watts = this.energy / this.windowNs;
    // Windows that lie wholly in the span show its power.
    const whole = Math.floor((to - this.endNs) / this.periodNs);
    if (whole > 0) this.watts = watts;
    this.endNs += (whole + 1) * this.periodNs;
    this.beginNs = this.endNs - this.windowNs;
    this.energy = to > this.beginNs ? watts * (to - this.beginNs) : 0;
  }
}
