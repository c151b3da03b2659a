import { type Mhz, MS, type Ns } from '../../units.ts';

/** Time between two decisions: several times the 50 ms that a clock takes to change. */
export const GOVERNOR_PERIOD_NS: Ns = 250 * MS;
/** Launches never seen before, as a share of time, above which nothing is known of a tenant. */
const UNSEEN_SHARE = 0.01;
/** Weight of a new estimate of a tenant's sensitivity. */
const STEP = 0.5;
/** Sensitivities below this are noise; it also bounds how far the clock can fall. */
const LEAST_SENSITIVITY = 0.05;
/**
 * Part of the slip that the mean may use; the rest is for the tail, which lengthens more: a service at
 * 60 % load that takes 5 % longer has a P99 that is some 10 % longer.
 */
const MEAN_SHARE = 0.5;
/** A tenant that is this much over its slip takes the clock back to the greatest. */
const DANGER = 1.25;

/** One tenant's launches since the last decision. */
class Window {
  /** What they took, and what they would have taken at the greatest clock. */
  tookNs = 0;
  atFullNs = 0;
  unseenNs = 0;
  /** Share of its time that goes with 1/clock; all of it until it has been seen otherwise. */
  sensitivity = 1;

  clear(): void {
    this.tookNs = 0;
    this.atFullNs = 0;
    this.unseenNs = 0;
  }
}

/**
 * Chooses the SM clock (LithOS, section 5.6). The clock is the whole device's, so the strictest tenant
 * decides: with S the share of its time that goes with 1/clock, weighted over its kernels, it allows
 * f = fmax / (1 + k/S) for a mean lengthening k, a part of its slip. It learns at the greatest clock, then takes S = 1 and lowers the
 * clock to what even that allows, measures S there, and goes on; unseen launches, or a tenant over its
 * slip, take the clock back up. A decision every 250 ms, since a change takes some 50 ms.
 */
export class Governor {
  private readonly windows: readonly Window[];
  private readonly clocks: readonly Mhz[];
  private readonly slip: number;
  private readonly target: number;

  /**
   * @param clocks settable SM clocks, ascending
   * @param slip allowed lengthening as a share, 0.1 for ten per cent
   */
  constructor(tenants: number, clocks: readonly Mhz[], slip: number) {
    this.windows = Array.from({ length: tenants }, () => new Window());
    this.clocks = clocks;
    this.slip = slip;
    this.target = slip * MEAN_SHARE;
  }

  /**
   * Notes a finished launch or atom.
   * @param atFullNs what it was expected to take at the greatest clock; `undefined` if unseen
   */
  note(tenant: number, tookNs: Ns, atFullNs: Ns | undefined): void {
    const window = this.windows[tenant] as Window;
    if (atFullNs === undefined) {
      window.unseenNs += tookNs;
      return;
    }
    window.tookNs += tookNs;
    window.atFullNs += atFullNs;
  }

  /** The clock to run at, decided anew from what was noted at clock `now`. */
  decide(now: Mhz): Mhz {
    const full = this.clocks[this.clocks.length - 1] as Mhz;
    const slow = full / now;
    let allowed = 0;
    let known = false;
    let danger = false;
    for (const window of this.windows) {
      const took = window.tookNs + window.unseenNs;
      if (took === 0) continue;
      known = true;
      if (window.unseenNs > UNSEEN_SHARE * took) danger = true;
      else if (slow > 1) {
        const longer = window.tookNs / window.atFullNs - 1;
        if (longer > this.slip * DANGER) danger = true;
        const seen = Math.min(1, Math.max(LEAST_SENSITIVITY, longer / (slow - 1)));
        window.sensitivity += STEP * (seen - window.sensitivity);
      }
      allowed = Math.max(allowed, full / (1 + this.target / window.sensitivity));
      window.clear();
    }
    if (!known) return now;
    if (danger) return full;
    return this.clocks.find((mhz) => mhz >= allowed) ?? full;
  }
}
