import type { Mhz, Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { energyScale, idlePower } from '../model/power.ts';
import { limitedPower } from '../power/board-power.ts';
import { PowerSampler } from './power-sampler.ts';

/** Board power of a device at its present clock, and what follows from it over time. */
export class PowerMeter {
  /** Board power now, W. */
  watts: number;
  /** Energy since the start, J, as of the last `add`. */
  energyJ = 0;
  /** Energy per operation, relative to the greatest clock. */
  scale = 1;
  readonly sampler: PowerSampler;

  private readonly file: DeviceFile;
  private readonly ceilingW: number | undefined;
  private idleW: number;

  constructor(file: DeviceFile) {
    this.file = file;
    this.ceilingW = file.power.ceilingW?.value;
    this.idleW = idlePower(file, file.clock.maxSmMhz.value);
    this.watts = this.idleW;
    this.sampler = new PowerSampler(file, this.idleW);
  }

  /** The clock has changed. */
  clock(mhz: Mhz): void {
    this.idleW = idlePower(this.file, mhz);
    this.scale = energyScale(this.file, mhz);
  }

  /**
   * What runs now draws this much beyond idle, W.
   * @param dynamicW at the voltage of the greatest clock
   * @param steadyW part of it that the core voltage does not touch
   */
  draw(dynamicW: number, steadyW: number): void {
    const watts = steadyW + (dynamicW - steadyW) * this.scale;
    this.watts =
      this.idleW + (this.ceilingW === undefined ? watts : limitedPower(watts, this.ceilingW));
  }

  /** Lets time pass at the present power. */
  add(from: Ns, to: Ns): void {
    this.energyJ += (this.watts * (to - from)) / 1e9;
    if (to > this.sampler.beginNs) this.sampler.add(from, to, this.watts);
  }
}
