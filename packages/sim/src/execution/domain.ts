import type { Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { type Grid, goesBefore, overlap } from './grid.ts';
import { MemorySystem } from './memory-system.ts';
import { SlotSharing } from './slot-sharing.ts';

/**
 * What a grid loses to others on the same SMs, per share of the SM's throughput that they use. Fitted to
 * FP32 work beside reads, copies, L2 reads and tensor work on the same SMs (micro-benchmarks), which
 * agree with it to 14 % in the mean.
 */
const CONFLICT = 0.7;

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Grids that share SM slots and DRAM bandwidth: an MPS server, one context, or one MIG instance.
 * A kernel alone needs no events but the end of its launch gap and its own.
 */
export class Domain {
  /** In the order in which they get slots. */
  readonly grids: Grid[] = [];
  /** A domain that is switched out keeps its grids and makes no progress. */
  running = true;
  /** Earliest end or release among the grids. */
  nextNs: Ns = NEVER;
  /** Dynamic power of the grids at their present rates, and the part that voltage leaves alone, W. */
  powerW = 0;
  steadyW = 0;
  /** TPCs on which a grid makes progress, as words. */
  busy0 = 0;
  busy1 = 0;
  busy2 = 0;

  private dirty = false;
  private overlapping = false;
  private readonly slots: SlotSharing;
  private readonly memory: MemorySystem;
  private shares = new Float64Array(64);

  /** @param memorySlice share of the device's L2 and DRAM that the domain has: less than 1 in MIG */
  constructor(device: DeviceFile, memorySlice: number) {
    this.slots = new SlotSharing(device);
    this.memory = new MemorySystem(device, memorySlice);
  }

  /** Adds a grid whose work begins at `grid.updatedNs`. */
  add(grid: Grid): void {
    const { grids } = this;
    let i = grids.length;
    grids.push(grid);
    while (i > 0 && goesBefore(grid, grids[i - 1] as Grid)) {
      grids[i] = grids[i - 1] as Grid;
      i -= 1;
    }
    grids[i] = grid;
    this.dirty = true;
  }

  /** True if no other tenant has a grid here. */
  isAlone(tenant: number): boolean {
    for (let i = 0; i < this.grids.length; i++) {
      if ((this.grids[i] as Grid).submission.tenant !== tenant) return false;
    }
    return true;
  }

  remove(grid: Grid): void {
    this.grids.splice(this.grids.indexOf(grid), 1);
    this.dirty = true;
  }

  /** Stops all progress, as of `now`. */
  freeze(now: Ns): void {
    for (const grid of this.grids) {
      advance(grid, now);
      if (grid.releaseNs !== NEVER) grid.releaseNs -= now;
      grid.rate = 0;
      grid.endNs = NEVER;
      // Was still in its launch gap: it has not begun.
      if (grid.startNs >= now) grid.startNs = -1;
    }
    this.running = false;
    this.nextNs = NEVER;
  }

  /** Goes on where `freeze` stopped. */
  thaw(now: Ns): void {
    for (const grid of this.grids) {
      grid.updatedNs = Math.max(grid.updatedNs, now);
      if (grid.releaseNs !== NEVER) grid.releaseNs += now;
    }
    this.running = true;
    this.dirty = true;
  }

  /** Marks all rates as stale, after a clock change. */
  touch(): void {
    this.dirty = true;
  }

  /** The grid that ends first, if its time has come. */
  ended(now: Ns): Grid | undefined {
    for (let i = 0; i < this.grids.length; i++) {
      const grid = this.grids[i] as Grid;
      if (grid.endNs <= now) return grid;
    }
    return undefined;
  }

  /** Gives up the slots that are due at `now`, and lets in the grids whose time has come. */
  release(now: Ns): void {
    this.dirty = true;
    this.slots.release(this.grids, now);
  }

  /**
   * Brings slots, rates and `nextNs` up to date after any change.
   * @param clockFactor SM clock relative to the greatest
   */
  settle(now: Ns, clockFactor: number): void {
    if (!this.dirty || !this.running) return;
    this.dirty = false;
    this.overlapping = this.slots.settle(this.grids, now);
    this.setRates(now, clockFactor);
  }

  private setRates(now: Ns, clockFactor: number): void {
    const { grids, overlapping } = this;
    const n = grids.length;
    if (n > this.shares.length) this.shares = new Float64Array(n * 2);
    const { shares } = this;
    for (let i = 0; i < n; i++) {
      const grid = grids[i] as Grid;
      let share = grid.active / grid.wave;
      if (overlapping && share > 0) share /= this.smLoad(grid);
      shares[i] = share;
    }
    this.memory.solve(grids, shares);
    let next = NEVER;
    this.powerW = 0;
    this.steadyW = 0;
    this.busy0 = 0;
    this.busy1 = 0;
    this.busy2 = 0;
    for (let i = 0; i < n; i++) {
      const grid = grids[i] as Grid;
      const m = grid.memoryShare;
      const slow =
        (clockFactor === 1 ? 1 : m + (1 - m) / clockFactor) *
        this.memory.stretch(grid, shares[i] as number);
      const relative = (shares[i] as number) / slow;
      if (relative > 0) {
        this.powerW += grid.powerW * relative;
        this.steadyW += grid.steadyW * relative;
        this.busy0 |= grid.w0;
        this.busy1 |= grid.w1;
        this.busy2 |= grid.w2;
      }
      const rate = relative / grid.aloneNs;
      if (rate !== grid.rate) {
        advance(grid, now);
        grid.rate = rate;
        if (rate > 0) {
          if (grid.startNs < 0) grid.startNs = grid.updatedNs;
          grid.endNs = Math.max(now, Math.round(grid.updatedNs + grid.left / rate));
        } else {
          grid.endNs = NEVER;
        }
      }
      if (grid.endNs < next) next = grid.endNs;
      if (grid.enterNs > now && grid.enterNs < next) next = grid.enterNs;
      if (grid.releaseNs < next) next = grid.releaseNs;
    }
    this.nextNs = next;
  }

  /**
   * How much longer a grid takes because of those on the same SMs; at least 1. All who run there
   * together want no more than there is, or share it; and even if they do, an instruction finds the
   * way taken by another kernel's.
   */
  private smLoad(grid: Grid): number {
    let others = 0;
    for (let j = 0; j < this.grids.length; j++) {
      const other = this.grids[j] as Grid;
      if (other === grid || other.active <= 0) continue;
      others += (((other.smLoad * other.active) / other.wave) * overlap(grid, other)) / grid.tpcs;
    }
    const own = (grid.smLoad * grid.active) / grid.wave;
    return Math.max(1 + CONFLICT * others, own + others);
  }
}

/** Books the progress made until `now`. */
function advance(grid: Grid, now: Ns): void {
  if (now <= grid.updatedNs) return;
  grid.left = Math.max(0, grid.left - grid.rate * (now - grid.updatedNs));
  grid.updatedNs = now;
}
