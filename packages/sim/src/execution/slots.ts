import type { DeviceFile } from '../model/device-model.ts';
import { type Grid, popcount } from './grid.ts';

/** Pieces a TPC set can fall into by who else is there; more overlaps than this are merged. */
const MAX_PIECES = 32;
/** Neighbours that one piece can have. */
const MAX_NEIGHBOURS = 30;
/** Neighbours of whom both whole block counts are looked at; the others count as their nearest one. */
const BRANCHES = 4;
/** Block counts this near to a whole number are whole. */
const ROUNDING = 1e-6;

/**
 * Room for a grid's blocks beside the other grids on its TPCs. Each resident grid is taken to be
 * spread evenly over the SMs of its TPC set, so the set falls into a few pieces with the same
 * neighbours, and no loop over SMs is needed. A neighbour with 2.3 blocks per SM has three on 30 % of
 * the SMs and two on the others; what fits is counted in whole blocks for each case, because a large
 * block needs its room on one SM. The shared memory of an SM in use stays as it was set for those who
 * are there (it can only be changed when the SM is empty), so a kernel that needs more waits.
 */
export class SlotTable {
  private readonly smsPerTpc: number;
  private readonly threads: number;
  private readonly registers: number;
  private readonly sharedMemory: number;
  private readonly blockSlots: number;

  private pieces = 0;
  private readonly w0 = new Int32Array(MAX_PIECES);
  private readonly w1 = new Int32Array(MAX_PIECES);
  private readonly w2 = new Int32Array(MAX_PIECES);
  /** Bit i: grid `near[i]` is on the piece. */
  private readonly neighbours = new Int32Array(MAX_PIECES);
  private readonly near: Grid[] = [];

  constructor(device: DeviceFile) {
    this.smsPerTpc = device.geometry.smsPerTpc.value;
    this.threads = device.sm.threads.value;
    this.registers = device.sm.registers.value;
    this.sharedMemory = device.sm.sharedMemoryBytes.value;
    this.blockSlots = device.sm.blocks.value;
  }

  /**
   * Blocks of `grid` that fit its TPCs, those outside the closed words, beside all other `grids`.
   * Closed TPCs are those on which a grid that goes before it still waits for slots.
   */
  room(
    grid: Grid,
    grids: readonly Grid[],
    closed0: number,
    closed1: number,
    closed2: number,
  ): number {
    this.pieces = 1;
    this.w0[0] = grid.w0 & ~closed0;
    this.w1[0] = grid.w1 & ~closed1;
    this.w2[0] = grid.w2 & ~closed2;
    this.neighbours[0] = 0;
    this.near.length = 0;
    for (let i = 0; i < grids.length; i++) {
      const other = grids[i] as Grid;
      if (other !== grid && other.held > 0 && other.work.blocksPerTpc > 0) this.occupy(other);
    }
    let room = 0;
    for (let p = 0; p < this.pieces; p++) {
      const tpcs = this.tpcsOf(p);
      if (tpcs > 0) room += tpcs * this.smsPerTpc * this.fit(p, grid);
    }
    return room;
  }

  /** Splits the pieces at the borders of another grid's TPC set. */
  private occupy(other: Grid): void {
    if (this.near.length === MAX_NEIGHBOURS) return;
    const bit = 1 << this.near.length;
    this.near.push(other);
    const before = this.pieces;
    for (let p = 0; p < before; p++) {
      const in0 = (this.w0[p] as number) & other.w0;
      const in1 = (this.w1[p] as number) & other.w1;
      const in2 = (this.w2[p] as number) & other.w2;
      if ((in0 | in1 | in2) === 0) continue;
      const out0 = (this.w0[p] as number) & ~other.w0;
      const out1 = (this.w1[p] as number) & ~other.w1;
      const out2 = (this.w2[p] as number) & ~other.w2;
      if ((out0 | out1 | out2) !== 0 && this.pieces < MAX_PIECES) {
        const q = this.pieces++;
        this.w0[q] = out0;
        this.w1[q] = out1;
        this.w2[q] = out2;
        this.neighbours[q] = this.neighbours[p] as number;
        this.w0[p] = in0;
        this.w1[p] = in1;
        this.w2[p] = in2;
      }
      this.neighbours[p] = (this.neighbours[p] as number) | bit;
    }
  }

  private tpcsOf(p: number): number {
    return (
      popcount(this.w0[p] as number) +
      popcount(this.w1[p] as number) +
      popcount(this.w2[p] as number)
    );
  }

  /** Mean number of whole blocks per SM that fit piece `p`. */
  private fit(p: number, grid: Grid): number {
    return this.expected(
      this.neighbours[p] as number,
      grid,
      this.threads,
      this.registers,
      0,
      0,
      this.blockSlots,
    );
  }

  /** Takes one neighbour after another off the free resources, in both its whole block counts. */
  private expected(
    neighbours: number,
    grid: Grid,
    threads: number,
    registers: number,
    sharedUsed: number,
    carveOut: number,
    slots: number,
  ): number {
    if (neighbours === 0) {
      const shared = (carveOut === 0 ? this.sharedMemory : carveOut) - sharedUsed;
      return wholeBlocks(grid, threads, registers, shared, slots);
    }
    const index = 31 - Math.clz32(neighbours);
    const rest = neighbours & ~(1 << index);
    const other = this.near[index] as Grid;
    const { work } = other;
    const perSm = other.held / (other.tpcs * this.smsPerTpc);
    const rounded = popcount(neighbours) > BRANCHES ? Math.round(perSm) : perSm;
    const few = Math.floor(rounded + ROUNDING);
    const share = popcount(neighbours) > BRANCHES ? 0 : perSm - few;
    const without = (blocks: number): number =>
      this.expected(
        rest,
        grid,
        threads - blocks * work.threads,
        registers - blocks * work.registers,
        sharedUsed + blocks * work.sharedMemoryBytes,
        blocks > 0 ? Math.max(carveOut, work.carveOutBytes) : carveOut,
        slots - blocks,
      );
    if (share <= ROUNDING) return without(few);
    return share * without(few + 1) + (1 - share) * without(few);
  }
}

/** Blocks of a grid that fit free resources of one SM. */
function wholeBlocks(
  grid: Grid,
  threads: number,
  registers: number,
  sharedMemory: number,
  slots: number,
): number {
  const { work } = grid;
  const fit = Math.min(
    slots,
    threads / work.threads,
    registers / work.registers,
    sharedMemory / work.sharedMemoryBytes,
    work.blocksPerSm,
  );
  return fit >= 1 ? Math.floor(fit) : 0;
}
