import type { Ns } from '@lithos/core';
import type { Nvml } from '../driver/nvml.ts';
import { FIGURES, type Figure, isMissing, missingText } from './figures.ts';

/** How often the board's power is read: a call of about 1 us. */
const POWER_NS: Ns = 50_000_000;
/** How often the energy counter is: a call of 2 ms on an H200, in which nothing else happens. */
const ENERGY_NS: Ns = 5_000_000_000;

/** Power readings further apart than this are not summed to energy. */
const UNWATCHED_NS: Ns = 300_000_000;

/**
 * Power, clock and energy since the start, as often as reading them does not disturb the run. What this
 * GPU does not tell is `undefined`, and is said once.
 */
export class PowerReader {
  /** The last reading of power, W, and of the SM clock, MHz. */
  watts: number | undefined;
  smMhz: number | undefined;
  private readonly nvml: Nvml;
  private readonly warn: (text: string) => void;
  private readonly missing = new Set<Figure>();
  private beginJ = 0;
  private counterJ = 0;
  private counterNs: Ns = 0;
  private sinceJ = 0;
  private readNs: Ns = 0;
  private mhzNs = 0;

  constructor(nvml: Nvml, warn: (text: string) => void) {
    this.nvml = nvml;
    this.warn = warn;
  }

  /** The time line begins. */
  begin(): void {
    this.beginJ = this.figure('energy') ?? 0;
    this.watts = this.figure('power');
    this.smMhz = this.figure('SM clock');
  }

  /** J since the start: the counter's last reading, and power over time from there on. */
  get energyJ(): number | undefined {
    return this.missing.has('energy') ? undefined : this.counterJ + this.sinceJ;
  }

  /** The clock over time, MHz ns. */
  get clockMhzNs(): number | undefined {
    return this.missing.has('SM clock') ? undefined : this.mhzNs;
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
    this.sinceJ += ((this.watts ?? 0) * span) / 1e9;
    this.mhzNs += (this.smMhz ?? 0) * span;
    this.watts = this.figure('power');
    this.smMhz = this.figure('SM clock');
    this.readNs = now;
  }

  private count(now: Ns): void {
    const counted = this.figure('energy');
    if (counted === undefined) return;
    this.counterJ = counted - this.beginJ;
    this.sinceJ = 0;
    this.counterNs = now;
  }

  /** A reading; one that failed is not tried again, so that no total is of a part of the run. */
  private figure(figure: Figure): number | undefined {
    if (this.missing.has(figure)) return undefined;
    try {
      return FIGURES[figure](this.nvml);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.missing.add(figure);
      this.warn(missingText([figure], error));
      return undefined;
    }
  }
}
