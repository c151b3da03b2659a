import type { KernelClass } from './kernel-class.ts';
import { kernelClass } from './kernel-class.ts';

/** What the latency model knows of a launch besides its measured times. */
export interface LatencyKernel {
  readonly class: KernelClass;
  /** Thread blocks, at least 1. */
  readonly blocks: number;
  /** Blocks that one SM holds at once, at least 1. */
  readonly occupancy: number;
}

/** Blocks of a copy or memset: its work can be divided at will, so it has no waves. */
const DIVISIBLE = 2 ** 20;

/** SMs of a TPC, Ampere and Hopper alike. */
export const SMS_PER_TPC = 2;

/**
 * A launch as the latency model sees it.
 * @param blocks thread blocks; 0 for copies and memsets
 * @param occupancy blocks of it that fit one SM
 */
export function latencyKernel(name: string, blocks: number, occupancy: number): LatencyKernel {
  const whole = blocks === 0 ? DIVISIBLE : blocks;
  return {
    class: kernelClass(name, whole),
    blocks: whole,
    occupancy: blocks === 0 ? 1 : Math.max(1, occupancy),
  };
}

/** Whole divisions must not round up because of a last bit. */
const ROUNDING = 1e-9;

/**
 * Slot-time that a grid of equal blocks takes over what its blocks need, when `slots` of them run at
 * once: whole waves over exact waves, at least 1.
 */
export function waveLoss(blocks: number, slots: number): number {
  return (Math.ceil(blocks / slots - ROUNDING) * slots) / blocks;
}
