import type { DeviceFile } from '../model/device-model.ts';
import { type Grid, popcount } from './grid.ts';

/** Pieces a TPC set can fall into by who else is there; more overlaps than this are merged. */
const MAX_PIECES = 32;

/**
 * Room for a grid's blocks beside the other grids on its TPCs. Each resident grid is taken to be
 * spread evenly over its own TPC set, so the set falls into a few pieces with the same neighbours,
 * and no loop over TPCs is needed. Fractions of a block per TPC stand for blocks on some TPCs only.
 */
export class SlotTable {
  private readonly threads: number;
  private readonly registers: number;
  private readonly sharedMemory: number;
  private readonly blockSlots: number;

  private pieces = 0;
  private readonly w0 = new Int32Array(MAX_PIECES);
  private readonly w1 = new Int32Array(MAX_PIECES);
  private readonly w2 = new Int32Array(MAX_PIECES);
  private readonly usedThreads = new Float64Array(MAX_PIECES);
  private readonly usedRegisters = new Float64Array(MAX_PIECES);
  private readonly usedMemory = new Float64Array(MAX_PIECES);
  private readonly usedBlocks = new Float64Array(MAX_PIECES);

  constructor(device: DeviceFile) {
    const sms = device.geometry.smsPerTpc.value;
    this.threads = device.sm.threads.value * sms;
    this.registers = device.sm.registers.value * sms;
    this.sharedMemory = device.sm.sharedMemoryBytes.value * sms;
    this.blockSlots = device.sm.blocks.value * sms;
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
    this.usedThreads[0] = 0;
    this.usedRegisters[0] = 0;
    this.usedMemory[0] = 0;
    this.usedBlocks[0] = 0;
    for (let i = 0; i < grids.length; i++) {
      const other = grids[i] as Grid;
      if (other !== grid && other.held > 0 && other.work.blocksPerTpc > 0) this.occupy(other);
    }
    let room = 0;
    for (let p = 0; p < this.pieces; p++) room += this.tpcsOf(p) * this.fit(p, grid);
    return room;
  }

  private occupy(other: Grid): void {
    const perTpc = other.held / other.tpcs;
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
        this.usedThreads[q] = this.usedThreads[p] as number;
        this.usedRegisters[q] = this.usedRegisters[p] as number;
        this.usedMemory[q] = this.usedMemory[p] as number;
        this.usedBlocks[q] = this.usedBlocks[p] as number;
        this.w0[p] = in0;
        this.w1[p] = in1;
        this.w2[p] = in2;
      }
      this.usedThreads[p] = (this.usedThreads[p] as number) + perTpc * other.work.threads;
      this.usedRegisters[p] = (this.usedRegisters[p] as number) + perTpc * other.work.registers;
      this.usedMemory[p] = (this.usedMemory[p] as number) + perTpc * other.work.sharedMemoryBytes;
      this.usedBlocks[p] = (this.usedBlocks[p] as number) + perTpc;
    }
  }

  private tpcsOf(p: number): number {
    return (
      popcount(this.w0[p] as number) +
      popcount(this.w1[p] as number) +
      popcount(this.w2[p] as number)
    );
  }

  /** Blocks per TPC that fit piece `p`. */
  private fit(p: number, grid: Grid): number {
    const { threads, registers, sharedMemoryBytes, blocksPerTpc } = grid.work;
    const used = this.usedBlocks[p] as number;
    if (used === 0) return blocksPerTpc;
    let fit = Math.min(blocksPerTpc, this.blockSlots - used);
    fit = Math.min(fit, (this.threads - (this.usedThreads[p] as number)) / threads);
    fit = Math.min(fit, (this.registers - (this.usedRegisters[p] as number)) / registers);
    fit = Math.min(fit, (this.sharedMemory - (this.usedMemory[p] as number)) / sharedMemoryBytes);
    return Math.max(fit, 0);
  }
}
