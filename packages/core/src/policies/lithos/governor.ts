import { type Mhz, MS, type Ns } from '../../units.ts';

/** Time between two decisions: several times the 50 ms that a clock takes to change. */
export const GOVERNOR_PERIOD_NS: Ns = 250 * MS;
/** Launches never seen before, as a share of time, above which nothing is known of a tenant. */
const UNSEEN_SHARE = 0.01;
/** Weight of a new estimate of a tenant's sensitivity. */
const STEP = 0.5;
/** Sensitivities below this are noise; it also bounds how far the clock can fall. */
const LEAST_SENSITIVITY = 0.05;
/** Part of the slip that is used; the rest is for what a mean over launches does not see. */
const USED_SHARE = 0.85;
/** A tenant busy for more of the time than this has no queue to speak of: it is a closed loop. */
const CLOSED_LOOP = 0.95;
/**
 * P99 of the time in a queue over the service time, at load ρ: 1 + QUEUE_TAIL·ρ/(1 - ρ). Waiting times
 * in M/D/1 have a tail that decays about twice as fast as in M/M/1, where it is ln 100 = 4.6.
 */
const QUEUE_TAIL = 2.3;
/** A tenant that is this much over its slip takes the clock back to the greatest. */
const DANGER = 1.25;

/** One tenant's launches since the last decision. */
class Window {
  /** What they took, and what they would have taken at the greatest clock. */
  tookNs = 0;
  atFullNs = 0;
  unseenNs = 0;
  readonly slip: number;
  /** Share of its time that goes with 1/clock; all of it until it has been seen otherwise. */
  sensitivity = 1;

  constructor(slip: number) {
    this.slip = slip;
  }

  clear(): void {
    this.tookNs = 0;
    this.atFullNs = 0;
    this.unseenNs = 0;
  }
}

/**
 * Chooses the SM clock (LithOS, section 5.6). The clock is the whole device's, so the strictest tenant
 * decides: with S the share of its time that goes with 1/clock, weighted over its kernels, it allows
 * f = fmax / (1 + k/S) for a lengthening k of its launches. The slip is what its P99 may grow by, and
 * queueing multiplies k: the busier a tenant is, the smaller its k (see `lengthening`). It learns at the greatest clock, then takes S = 1 and lowers the
 * clock to what even that allows, measures S there, and goes on; unseen launches, or a tenant over its
 * slip, take the clock back up. A decision every 250 ms, since a change takes some 50 ms.
 */
export class Governor {
  private readonly windows: readonly Window[];
  private readonly clocks: readonly Mhz[];

  /**
   * @param slips allowed lengthening of each tenant as a share, 0.1 for ten per cent
   * @param clocks settable SM clocks, ascending
   */
  constructor(slips: readonly number[], clocks: readonly Mhz[]) {
    this.windows = slips.map((slip) => new Window(slip));
    this.clocks = clocks;
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
        if (longer > window.slip * DANGER) danger = true;
        const seen = Math.min(1, Math.max(LEAST_SENSITIVITY, longer / (slow - 1)));
        window.sensitivity += STEP * (seen - window.sensitivity);
      }
      const k = lengthening(window.slip, took / GOVERNOR_PERIOD_NS);
      allowed = Math.max(allowed, full / (1 + k / window.sensitivity));
      window.clear();
    }
    if (!known) return now;
    if (danger) return full;
    return this.clocks.find((mhz) => mhz >= allowed) ?? full;
  }
}

/**
 * How much longer launches may take so that the P99 of a service at load `busy` grows by no more than
 * the slip: the slip over d ln P99 / d ln s, for the queue of `QUEUE_TAIL`.
 */
export function lengthening(slip: number, busy: number): number {
  if (busy > CLOSED_LOOP) return USED_SHARE * slip;
  const wait = (QUEUE_TAIL * busy) / (1 - busy);
  const growth = (QUEUE_TAIL * busy) / (1 - busy) ** 2;
  return (USED_SHARE * slip) / (1 + growth / (1 + wait));
}
