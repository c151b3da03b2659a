import type { KernelShape } from '@lithos/core';
import type { DeviceFile } from './device-model.ts';

/** Resources of a thread block, as an SM allots them. */
export interface Footprint {
  readonly threads: number;
  readonly registers: number;
  readonly sharedMemoryBytes: number;
}

/** Registers are allotted per warp in units of 256, warps in fours. */
const REGISTER_UNIT = 256;
const WARP_UNIT = 4;

/** What one block of a kernel takes from an SM, rounded to allocation granularity. */
export function footprint(kernel: KernelShape, device: DeviceFile): Footprint {
  if (kernel.threadsPerBlock === 0) return { threads: 0, registers: 0, sharedMemoryBytes: 0 };
  const warps = Math.ceil(kernel.threadsPerBlock / 32);
  const perWarp = Math.ceil((kernel.registersPerThread * 32) / REGISTER_UNIT) * REGISTER_UNIT;
  return {
    threads: warps * 32,
    registers: perWarp * Math.ceil(warps / WARP_UNIT) * WARP_UNIT,
    sharedMemoryBytes: kernel.sharedMemoryBytes + device.sm.reservedSharedMemoryBytes.value,
  };
}

/**
 * Blocks of a kernel that fit one SM: the least of what threads, registers, shared memory and the
 * block limit allow. At least 1: a kernel built for a larger SM is taken to have a smaller tile here.
 */
export function blocksPerSm(kernel: KernelShape, device: DeviceFile): number {
  const block = footprint(kernel, device);
  if (block.threads === 0) return device.sm.blocks.value;
  return Math.max(
    1,
    Math.min(
      device.sm.blocks.value,
      Math.floor(device.sm.threads.value / block.threads),
      Math.floor(device.sm.registers.value / Math.max(1, block.registers)),
      Math.floor(device.sm.sharedMemoryBytes.value / block.sharedMemoryBytes),
    ),
  );
}
