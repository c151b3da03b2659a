import type { Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { type Grid, overlap } from './grid.ts';
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

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Who holds how many SM slots. They go to the grid that goes first; nothing resident is evicted. While
 * anybody waits, a grid that is preferred keeps refilling its slots until it has no block left to place
 * and then gives them up as its last wave ends; one that is not preferred gives them up from now on.
 */
export class SlotSharing {
  private readonly table: SlotTable;

  constructor(device: DeviceFile) {
    this.table = new SlotTable(device);
  }

  /** Deals out the slots anew to grids in the order they go; true if any of them share TPCs. */
  settle(grids: readonly Grid[], now: Ns): boolean {
    const overlapping = anyOverlap(grids);
    if (overlapping) this.share(grids, now);
    else this.fill(grids, now);
    return overlapping;
  }

  /** Gives up the slots that are due at `now`. */
  release(grids: readonly Grid[], now: Ns): void {
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      if (grid.releaseNs > now) continue;
      grid.releaseNs = NEVER;
      if (!grid.yielding && !grid.tail) {
        grid.tail = true;
        grid.releaseNs = Math.ceil(now + TAIL_START * blockNs(grid));
        grid.releaseBlocks = grid.held / RELEASE_STEPS;
      } else {
        grid.held = Math.max(0, grid.held - grid.releaseBlocks);
        if (grid.held < EPSILON_BLOCKS) grid.held = 0;
      }
    }
  }

  /** Everybody has its TPCs to itself, once its launch gap is over. */
  private fill(grids: readonly Grid[], now: Ns): void {
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      grid.releaseNs = NEVER;
      grid.yielding = false;
      grid.tail = false;
      grid.held = grid.enterNs > now ? 0 : grid.wave;
      grid.active = grid.held;
    }
  }

  private share(grids: readonly Grid[], now: Ns): void {
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
      const want = wanted(grid, now);
      if (grid.held < want - EPSILON_BLOCKS) {
        const room = this.table.room(grid, grids, closed0, closed1, closed2);
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
      if (waiting) this.planRelease(grids, i, now);
      else if (!grid.tail) {
        grid.releaseNs = NEVER;
        grid.yielding = false;
      }
    }
  }

  /** Decides when a grid next gives up slots for those that wait on its TPCs. */
  private planRelease(grids: readonly Grid[], index: number, now: Ns): void {
    const grid = grids[index] as Grid;
    if (grid.held <= 0 || grid.blocks <= grid.wave) return;
    let isWanted = false;
    let yielding = false;
    for (let j = 0; j < grids.length; j++) {
      const other = grids[j] as Grid;
      if (
        j === index ||
        other.tail ||
        other.enterNs > now ||
        other.held >= wanted(other, now) - EPSILON_BLOCKS
      )
        continue;
      if (overlap(grid, other) === 0) continue;
      isWanted = true;
      if (j < index) yielding = true;
    }
    if (!isWanted) {
      if (!grid.tail) {
        grid.releaseNs = NEVER;
        grid.yielding = false;
      }
      return;
    }
    if (grid.tail || (yielding && grid.yielding)) {
      const step = grid.tail ? TAIL_STEP : YIELD_STEP;
      if (grid.releaseNs === NEVER) grid.releaseNs = now + step * blockNs(grid);
    } else if (yielding) {
      grid.yielding = true;
      grid.releaseBlocks = grid.held / RELEASE_STEPS;
      grid.releaseNs = now + YIELD_STEP * blockNs(grid);
    } else {
      // Refills its slots until none of its blocks is left to place.
      grid.yielding = false;
      const unplaced = leftAt(grid, now) - grid.held / grid.blocks;
      const share = grid.held / grid.wave;
      grid.releaseNs = now + Math.max(0, unplaced * grid.aloneNs) / share;
    }
    grid.releaseNs = Math.ceil(grid.releaseNs);
  }
}

function anyOverlap(grids: readonly Grid[]): boolean {
  for (let i = 1; i < grids.length; i++) {
    const a = grids[i] as Grid;
    for (let j = 0; j < i; j++) {
      const b = grids[j] as Grid;
      if (((a.w0 & b.w0) | (a.w1 & b.w1) | (a.w2 & b.w2)) !== 0) return true;
    }
  }
  return false;
}

/** Blocks the grid could have in slots now: what it holds or has left to place, at least one. */
function wanted(grid: Grid, now: Ns): number {
  const left = leftAt(grid, now) * grid.blocks;
  return Math.min(grid.wave, Math.max(left, grid.held, 1));
}

/** How long one block runs. */
function blockNs(grid: Grid): Ns {
  return (grid.aloneNs * grid.wave) / grid.blocks;
}

/** Share of the work left at `now`, without writing it down. */
function leftAt(grid: Grid, now: Ns): number {
  return now > grid.updatedNs
    ? Math.max(0, grid.left - grid.rate * (now - grid.updatedNs))
    : grid.left;
}
