import type { Mhz, Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { energyScale, idlePower } from '../model/power.ts';
import { limitedPower } from '../power/board-power.ts';
import { PowerSampler } from './power-sampler.ts';

const NEVER = Number.POSITIVE_INFINITY;

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
  private idleW: number;
  /** Power of what runs, before the ceiling, W. */
  private dynamicW = 0;
  /**
   * Part of `dynamicW` that a board with a ceiling draws. Such a board holds a mean, not every launch,
   * so it comes from the mean of the window before.
   */
  private share = 1;
  private windowEndNs: Ns;
  /** Watt-nanoseconds of `dynamicW` in the window under way. */
  private windowEnergy = 0;

  constructor(file: DeviceFile) {
    this.file = file;
    this.idleW = idlePower(file, file.clock.maxSmMhz.value);
    this.watts = this.idleW;
    this.sampler = new PowerSampler(file, this.idleW);
    this.windowEndNs = file.power.ceilingW === undefined ? NEVER : file.power.limitWindowNs.value;
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
    this.dynamicW = steadyW + (dynamicW - steadyW) * this.scale;
    this.watts = this.idleW + this.dynamicW * this.share;
  }

  /** Lets time pass at the present power. */
  add(from: Ns, to: Ns): void {
    let since = from;
    // Windows end at fixed times, so that the energy does not depend on when it is asked for.
    while (to >= this.windowEndNs) {
      this.spend(since, this.windowEndNs);
      since = this.windowEndNs;
      this.endWindow();
    }
    this.spend(since, to);
  }

  private spend(from: Ns, to: Ns): void {
    this.energyJ += (this.watts * (to - from)) / 1e9;
    this.windowEnergy += this.dynamicW * (to - from);
    if (to > this.sampler.beginNs) this.sampler.add(from, to, this.watts);
  }

  private endWindow(): void {
    const { ceilingW, limitWindowNs } = this.file.power;
    const mean = this.windowEnergy / limitWindowNs.value;
    this.share = mean > 0 ? limitedPower(mean, ceilingW?.value) / mean : 1;
    this.watts = this.idleW + this.dynamicW * this.share;
    this.windowEnergy = 0;
    this.windowEndNs += limitWindowNs.value;
  }
}
