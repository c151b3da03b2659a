import type { Ns } from '@lithos/core';
import { Submission } from '@lithos/core';
import type { SimKernel } from '../model/sim-kernel.ts';

const NO_KERNEL: SimKernel = {
  kernel: new Submission().work.kernel,
  ordinal: 0,
  durationNs: new Float64Array(1),
  blocksPerTpc: 0,
  blocksPerSm: 0,
  l2Bytes: 0,
  besideShare: 0,
  writeShare: 0,
  threads: 0,
  registers: 0,
  sharedMemoryBytes: 0,
  carveOutBytes: 0,
  dramBytes: 0,
  smWork: 0,
  tensorShare: 0,
  gapNs: 0,
  sharedGapNs: 0,
};

/**
 * A submission that has reached the device: its blocks compete for SM slots, or run. Blocks are
 * equal and are counted, not kept one by one: a grid is a cohort with a number of blocks in slots
 * and a share of its work left. Records are recycled by the device.
 */
export class Grid {
  submission = new Submission();
  work: SimKernel = NO_KERNEL;
  /**
   * When its blocks begin to compete for slots: after the launch gap. Among grids of one priority the
   * earlier goes first.
   */
  enterNs: Ns = 0;
  priority = 0;
  /** The TPC set as words. */
  w0 = 0;
  w1 = 0;
  w2 = 0;
  tpcs = 0;

  /** Blocks in the submission. */
  blocks = 0;
  /** Blocks that can be resident at once if nobody else is there. */
  wave = 0;
  /** Blocks in SM slots now. */
  held = 0;
  /** Blocks the present rate is based on: `held`, but for a tail that gives slots away. */
  active = 0;

  /** Time alone on the TPC set, ns. */
  aloneNs = 0;
  /** Share of the work that is left, as of `updatedNs`, 1 to 0. */
  left = 1;
  updatedNs: Ns = 0;
  /** Share of the work done per ns, and without the effect of others. */
  rate = 0;
  /** When it ends at the present rate. */
  endNs: Ns = 0;
  /** First time that it held a slot and the launch gap was over. */
  startNs: Ns = -1;

  /** Freed slots go to others, not to blocks of this grid. */
  yielding = false;
  /** No block is left to place: it gives up slots as its last blocks end. */
  tail = false;
  /** When the next slots are given up, and how many blocks leave them. */
  releaseNs: Ns = Number.POSITIVE_INFINITY;
  releaseBlocks = 0;

  /** DRAM bytes/ns at full rate, and the share of its time bound by them. */
  dramRate = 0;
  memoryShare = 0;
  /** Share of the read bandwidth that its mixture of reads and writes can reach. */
  dramEfficiency = 1;
  /** DRAM bytes/ns if DRAM never held it up, and `dramRate` over that. */
  dramDesire = 0;
  dramThrottle = 1;
  /** The same for L2. */
  l2Rate = 0;
  l2Share = 0;
  l2Desire = 0;
  l2Throttle = 1;
  /** SM throughput that it uses, per TPC. */
  smLoad = 0;
  /** Dynamic power at full rate, W. */
  powerW = 0;
  /** The part of it that the core voltage does not touch, W. */
  steadyW = 0;
}

/** True if `a` gets freed slots before `b`: higher priority, then earlier. */
export function goesBefore(a: Grid, b: Grid): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.enterNs < b.enterNs;
}

/** Number of TPCs that two grids share. */
export function overlap(a: Grid, b: Grid): number {
  return popcount(a.w0 & b.w0) + popcount(a.w1 & b.w1) + popcount(a.w2 & b.w2);
}

export function popcount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
