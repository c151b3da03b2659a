import type { Ns } from '@lithos/core';
import type { Nvml } from '../driver/nvml.ts';

/** How often the board's power is read: a call of about 1 us. */
const POWER_NS: Ns = 50_000_000;
/** How often the energy counter is: a call of 2 ms on an H200, in which nothing else happens. */
const ENERGY_NS: Ns = 5_000_000_000;

/** Power readings further apart than this are not summed to energy. */
const UNWATCHED_NS: Ns = 300_000_000;

/** Power, clock and energy since the start, as often as reading them does not disturb the run. */
export class PowerReader {
  watts = 0;
  smMhz: number;
  private readonly nvml: Nvml;
  private beginJ = 0;
  private counterJ = 0;
  private counterNs: Ns = 0;
  private sinceJ = 0;
  private readNs: Ns = 0;
  clockMhzNs = 0;

  constructor(nvml: Nvml) {
    this.nvml = nvml;
    this.smMhz = nvml.maxSmMhz();
  }

  /** The time line begins. */
  begin(): void {
    this.beginJ = this.nvml.energyJ();
    this.watts = this.nvml.powerW();
    this.smMhz = this.nvml.smMhz();
  }

  /** J since the start: the counter's last reading, and power over time from there on. */
  get energyJ(): number {
    return this.counterJ + this.sinceJ;
  }

  /** Reads what is due. */
  update(now: Ns): void {
    const sinceNs = now - this.readNs;
    if (sinceNs < POWER_NS) return;
    this.read(now);
    // Power that nobody watched for long says little: the counter does.
    if (sinceNs > UNWATCHED_NS || now - this.counterNs >= ENERGY_NS) this.count(now);
  }

  /** Reads everything, at the end of a run. */
  finish(now: Ns): void {
    this.read(now);
    this.count(now);
  }

  private read(now: Ns): void {
    const span = now - this.readNs;
    this.sinceJ += (this.watts * span) / 1e9;
    this.clockMhzNs += this.smMhz * span;
    this.watts = this.nvml.powerW();
    this.smMhz = this.nvml.smMhz();
    this.readNs = now;
  }

  private count(now: Ns): void {
    this.counterJ = this.nvml.energyJ() - this.beginJ;
    this.sinceJ = 0;
    this.counterNs = now;
  }
}
