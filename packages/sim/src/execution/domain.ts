import type { Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { type Grid, goesBefore, overlap } from './grid.ts';
import { MemorySystem } from './memory-system.ts';
import { SlotTable } from './slots.ts';

/** A grid gives up its slots in this many equal parts. */
const RELEASE_STEPS = 4;
/**
 * When the parts leave, in block durations. A grid that others overtake is in the middle of its blocks,
 * which end evenly over the next block duration. The blocks of a last wave were started nearly
 * together, and end so.
 */
const YIELD_STEP = 1 / RELEASE_STEPS;
const TAIL_START = 0.7;
const TAIL_STEP = 0.1;
/** Blocks below this are rounding. */
const EPSILON_BLOCKS = 1e-6;

/**
 * What a grid loses to others on the same SMs, per share of the SM's throughput that they use. Fitted to
 * FP32 work beside reads, copies, L2 reads and tensor work on the same SMs (micro-benchmarks), which
 * agree with it to 14 % in the mean.
 */
const CONFLICT = 0.7;

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Grids that share SM slots and DRAM bandwidth: an MPS server, one context, or one MIG instance.
 *
 * Slots go to the grid that goes first (priority, then age); nothing resident is evicted, so a grid
 * without slots waits until blocks of others end. While anybody waits, a grid that is preferred keeps
 * refilling its slots until it has no block left to place and then gives them up as its last wave
 * ends; a grid that is not preferred gives them up from now on. A kernel alone needs no events but the
 * end of its launch gap and its own.
 */
export class Domain {
  /** In the order in which they get slots. */
  readonly grids: Grid[] = [];
  /** A domain that is switched out keeps its grids and makes no progress. */
  running = true;
  /** Earliest end or release among the grids. */
  nextNs: Ns = NEVER;
  /** Dynamic power of the grids at their present rates, W. */
  powerW = 0;

  private dirty = false;
  private overlapping = false;
  private readonly slots: SlotTable;
  private readonly memory: MemorySystem;
  private shares = new Float64Array(64);

  /** @param memorySlice share of the device's L2 and DRAM that the domain has: less than 1 in MIG */
  constructor(device: DeviceFile, memorySlice: number) {
    this.slots = new SlotTable(device);
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
    this.powerW = 0;
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
    for (let i = 0; i < this.grids.length; i++) {
      const grid = this.grids[i] as Grid;
      if (grid.releaseNs > now) continue;
      grid.releaseNs = NEVER;
      if (!grid.yielding && !grid.tail) {
        grid.tail = true;
        grid.releaseNs = Math.ceil(now + TAIL_START * this.blockNs(grid));
        grid.releaseBlocks = grid.held / RELEASE_STEPS;
      } else {
        grid.held = Math.max(0, grid.held - grid.releaseBlocks);
        if (grid.held < EPSILON_BLOCKS) grid.held = 0;
      }
    }
  }

  /**
   * Brings slots, rates and `nextNs` up to date after any change.
   * @param clockFactor SM clock relative to the greatest
   */
  settle(now: Ns, clockFactor: number): void {
    if (!this.dirty || !this.running) return;
    this.dirty = false;
    this.overlapping = this.anyOverlap();
    if (this.overlapping) this.shareSlots(now);
    else this.fillSlots(now);
    this.setRates(now, clockFactor);
  }

  private anyOverlap(): boolean {
    const { grids } = this;
    for (let i = 1; i < grids.length; i++) {
      const a = grids[i] as Grid;
      for (let j = 0; j < i; j++) {
        const b = grids[j] as Grid;
        if (((a.w0 & b.w0) | (a.w1 & b.w1) | (a.w2 & b.w2)) !== 0) return true;
      }
    }
    return false;
  }

  /** Everybody has its TPCs to itself, once its launch gap is over. */
  private fillSlots(now: Ns): void {
    const { grids } = this;
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      grid.releaseNs = NEVER;
      grid.yielding = false;
      grid.tail = false;
      grid.held = grid.enterNs > now ? 0 : grid.wave;
      grid.active = grid.held;
    }
  }

  private shareSlots(now: Ns): void {
    const { grids } = this;
    let closed0 = 0;
    let closed1 = 0;
    let closed2 = 0;
    let waiting = false;
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      if (grid.tail) continue;
      if (grid.enterNs > now) {
        grid.held = grid.active = 0;
        continue;
      }
      if (grid.work.blocksPerTpc === 0) {
        // Copies take no slot.
        grid.held = grid.active = grid.wave;
        continue;
      }
      const want = this.wanted(grid, now);
      if (grid.held < want - EPSILON_BLOCKS) {
        const room = this.slots.room(grid, grids, closed0, closed1, closed2);
        if (room > grid.held) grid.held = Math.min(want, room);
      }
      grid.active = grid.held;
      if (grid.held < want - EPSILON_BLOCKS) {
        waiting = true;
        closed0 |= grid.w0;
        closed1 |= grid.w1;
        closed2 |= grid.w2;
      }
    }
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      if (waiting) this.planRelease(grid, i, now);
      else if (!grid.tail) {
        grid.releaseNs = NEVER;
        grid.yielding = false;
      }
    }
  }

  /** Blocks the grid could have in slots now: what it holds or has left to place, at least one. */
  private wanted(grid: Grid, now: Ns): number {
    const left = leftAt(grid, now) * grid.blocks;
    return Math.min(grid.wave, Math.max(left, grid.held, 1));
  }

  /** Decides when a grid next gives up slots for those that wait on its TPCs. */
  private planRelease(grid: Grid, index: number, now: Ns): void {
    if (grid.held <= 0 || grid.blocks <= grid.wave) return;
    let wanted = false;
    let yielding = false;
    for (let j = 0; j < this.grids.length; j++) {
      const other = this.grids[j] as Grid;
      if (
        j === index ||
        other.tail ||
        other.enterNs > now ||
        other.held >= this.wanted(other, now) - EPSILON_BLOCKS
      )
        continue;
      if (overlap(grid, other) === 0) continue;
      wanted = true;
      if (j < index) yielding = true;
    }
    if (!wanted) {
      if (!grid.tail) {
        grid.releaseNs = NEVER;
        grid.yielding = false;
      }
      return;
    }
    if (grid.tail || (yielding && grid.yielding)) {
      const step = grid.tail ? TAIL_STEP : YIELD_STEP;
      if (grid.releaseNs === NEVER) grid.releaseNs = now + step * this.blockNs(grid);
    } else if (yielding) {
      grid.yielding = true;
      grid.releaseBlocks = grid.held / RELEASE_STEPS;
      grid.releaseNs = now + YIELD_STEP * this.blockNs(grid);
    } else {
      // Refills its slots until none of its blocks is left to place.
      grid.yielding = false;
      const unplaced = leftAt(grid, now) - grid.held / grid.blocks;
      const share = grid.held / grid.wave;
      grid.releaseNs = now + Math.max(0, unplaced * grid.aloneNs) / share;
    }
    grid.releaseNs = Math.ceil(grid.releaseNs);
  }

  /** How long one block runs. */
  private blockNs(grid: Grid): Ns {
    return (grid.aloneNs * grid.wave) / grid.blocks;
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
    let power = 0;
    for (let i = 0; i < n; i++) {
      const grid = grids[i] as Grid;
      const m = grid.memoryShare;
      const slow =
        (clockFactor === 1 ? 1 : m + (1 - m) / clockFactor) *
        this.memory.stretch(grid, shares[i] as number);
      const relative = (shares[i] as number) / slow;
      power += grid.powerW * relative;
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
    this.powerW = power;
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

/** Share of the work left at `now`, without writing it down. */
function leftAt(grid: Grid, now: Ns): number {
  return now > grid.updatedNs
    ? Math.max(0, grid.left - grid.rate * (now - grid.updatedNs))
    : grid.left;
}

/** Books the progress made until `now`. */
function advance(grid: Grid, now: Ns): void {
  if (now <= grid.updatedNs) return;
  grid.left = Math.max(0, grid.left - grid.rate * (now - grid.updatedNs));
  grid.updatedNs = now;
}
