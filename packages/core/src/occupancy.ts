import type { SmLimits } from './device.ts';
import type { KernelShape } from './kernel.ts';

/** Resources of a thread block, as an SM allots them. */
export interface Footprint {
  readonly threads: number;
  readonly registers: number;
  readonly sharedMemoryBytes: number;
}

/** Registers are allotted per warp in units of 256, warps in fours. */
const REGISTER_UNIT = 256;
const WARP_UNIT = 4;

/** Registers that an SM allots for one block; where it has fewer, a GPU refuses the launch. */
export function blockRegisters(
  kernel: Pick<KernelShape, 'threadsPerBlock' | 'registersPerThread'>,
): number {
  const perWarp = Math.ceil((kernel.registersPerThread * 32) / REGISTER_UNIT) * REGISTER_UNIT;
  return perWarp * Math.ceil(warpsOf(kernel) / WARP_UNIT) * WARP_UNIT;
}

const warpsOf = ({ threadsPerBlock }: Pick<KernelShape, 'threadsPerBlock'>): number =>
  Math.ceil(threadsPerBlock / 32);

/**
 * What one block of a kernel takes from an SM, rounded to allocation granularity; at most all of it:
 * a kernel built for a larger SM is taken to have a smaller tile here.
 */
export function footprint(kernel: KernelShape, sm: SmLimits): Footprint {
  if (kernel.threadsPerBlock === 0) return { threads: 0, registers: 0, sharedMemoryBytes: 0 };
  const registers = blockRegisters(kernel);
  const shared = kernel.sharedMemoryBytes + sm.reservedSharedMemoryBytes;
  return {
    threads: Math.min(sm.threads, warpsOf(kernel) * 32),
    registers: Math.min(sm.registers, registers),
    sharedMemoryBytes: Math.min(sm.sharedMemoryBytes, shared),
  };
}

/**
 * Blocks of a kernel that fit one SM: the least of what threads, registers, shared memory and the
 * block limit allow.
 */
export function blocksPerSm(kernel: KernelShape, sm: SmLimits): number {
  const block = footprint(kernel, sm);
  if (block.threads === 0) return sm.blocks;
  return Math.min(
    sm.blocks,
    Math.floor(sm.threads / block.threads),
    Math.floor(sm.registers / Math.max(1, block.registers)),
    Math.floor(sm.sharedMemoryBytes / block.sharedMemoryBytes),
  );
}
