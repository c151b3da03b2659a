import { blocksPerSm, type KernelProfile, type ProfiledKernel, type SmLimits } from '@lithos/core';

/**
 * Work of one thread block of a look-alike, as the arguments of `kernels/look-alike.cu`.
 * Whole numbers.
 */
export interface BlockWork {
  /** Turns of 8 independent multiply-adds over all warps: what grows with the SMs. */
  readonly turns: number;
  /** Turns of 4 dependent multiply-adds of one warp: latency that no SM shortens. */
  readonly chain: number;
  /** Units of 16 bytes that are read from DRAM, and written. */
  readonly units: number;
  readonly writes: number;
  /** Chain turns that the first block of the grid alone does beside its own: latency that is paid once. */
  readonly lead: number;
}

/** How a look-alike is launched, whatever its work. */
export interface LookAlikeShape {
  /** Entry of the look-alike module, by its class of registers. */
  readonly entry: string;
  /** Blocks of the profiled grid, in one dimension: the work does not look at its shape. */
  readonly blocks: number;
  /** Threads of the profiled block, in one dimension. */
  readonly threads: number;
  /** Such that as many blocks fit an SM as of the profiled kernel. */
  readonly dynamicSharedMemoryBytes: number;
}

/** A launch that stands in for one position of a profile. */
export interface LookAlikeKernel extends LookAlikeShape {
  readonly work: BlockWork;
  /** Where in the buffer it begins to read, in units of 16 bytes. */
  readonly start: number;
}

/**
 * Units of the buffer that a launch spans: its rows, as the kernel lays them out, up to a whole number
 * of pages of 64 KiB. The next launch begins behind them, so that every launch begins at such a page:
 * how fast memory is read depends on where rows begin.
 */
export function span(shape: LookAlikeShape, work: BlockWork): number {
  const units = rowUnits(shape, work.units) + rowUnits(shape, work.writes);
  return Math.ceil(units / PAGE_UNITS) * PAGE_UNITS;
}

/** Units that the rows of a whole grid take in which each block has so many: what it reads, or writes. */
export function rowUnits(shape: LookAlikeShape, units: number): number {
  const part = Math.min(8 * Math.ceil(units / 8), shape.threads);
  return Math.ceil(units / shape.threads) * shape.blocks * part;
}

const PAGE_UNITS = 4096;

/** Registers per thread for which the module has an entry `look_alike_N`, ascending. */
export const REGISTER_CLASSES = [32, 40, 48, 56, 64, 72, 80, 96, 112, 128, 168, 208, 255] as const;

/** Bytes of dynamic shared memory that every entry must be allowed at load (compute capability 8.0: 163 KiB, 9.0: 227 KiB). */
export function mostDynamicSharedMemory(sm: SmLimits): number {
  return sm.sharedMemoryBytes - sm.reservedSharedMemoryBytes;
}

/**
 * The launch of a look-alike: the profiled blocks, the nearest class of registers, and shared memory
 * such that an SM holds as many blocks as it does of the profiled kernel. Copies and memsets become
 * kernels of 512 threads that take 16 KiB a block, at most two blocks for each of `sms`.
 */
export function shapeOf(kernel: ProfiledKernel, sm: SmLimits, sms: number): LookAlikeShape {
  const [x, y, z] = kernel.grid;
  if (x === 0) {
    const blocks = Math.min(2 * sms, Math.max(1, Math.ceil(copiedBytes(kernel) / 16384)));
    return { entry: 'look_alike_32', blocks, threads: 512, dynamicSharedMemoryBytes: 0 };
  }
  const threads = kernel.block[0] * kernel.block[1] * kernel.block[2];
  const fit = (registers: number, shared: number): number =>
    blocksPerSm(plainShape(threads, registers, shared), sm);
  const wanted = Math.max(1, fit(kernel.registersPerThread, kernel.sharedMemoryBytes));
  const most = mostDynamicSharedMemory(sm);
  let shared = Math.min(kernel.sharedMemoryBytes, most);
  const enough = REGISTER_CLASSES.findIndex((registers) => registers >= kernel.registersPerThread);
  let at = enough < 0 ? REGISTER_CLASSES.length - 1 : enough;
  while (at > 0 && fit(REGISTER_CLASSES[at] ?? 32, shared) < wanted) at--;
  const registers = REGISTER_CLASSES[at] ?? 32;
  if (fit(registers, shared) > wanted) {
    const share = Math.floor(sm.sharedMemoryBytes / wanted) - sm.reservedSharedMemoryBytes;
    shared = Math.min(most, Math.floor(share / SHARED_UNIT) * SHARED_UNIT);
  }
  return {
    entry: `look_alike_${registers}`,
    blocks: x * y * z,
    threads,
    dynamicSharedMemoryBytes: shared,
  };
}

/** Shared memory is allotted in units of 128 bytes (compute capability 8.0 and 9.0). */
const SHARED_UNIT = 128;

function plainShape(threads: number, registers: number, shared: number) {
  return {
    id: 0,
    name: '',
    grid: [1, 1, 1],
    block: [threads, 1, 1],
    blocks: 1,
    threadsPerBlock: threads,
    registersPerThread: registers,
    sharedMemoryBytes: shared,
    clusterSize: 1,
    splittable: true,
  } as const;
}

/** Bytes of a copy or memset, which profiles keep in the name: `gpu_memset:Memset (Device) 25088 B`. */
export function copiedBytes(kernel: ProfiledKernel): number {
  const match = /(\d+) B$/.exec(kernel.name);
  return match === null ? 0 : Number(match[1]);
}

/**
 * Units that a thread may have under way to shared memory, as the kernel takes them: as many as there
 * is room for. 0: too few to do better than loads into registers.
 */
export function slotsPerThread(shape: LookAlikeShape): 0 | 8 | 16 | 32 {
  const room = Math.floor(
    shape.dynamicSharedMemoryBytes / (16 * 32 * Math.ceil(shape.threads / 32)),
  );
  if (room >= 32) return 32;
  if (room >= 16) return 16;
  return room >= 8 ? 8 : 0;
}

/** The turns of each warp of a block, and how many warps do one more: as the kernel takes them. */
export function turnsPerWarp(shape: LookAlikeShape, work: BlockWork): readonly [number, number] {
  const warps = Math.ceil(shape.threads / 32);
  return [Math.floor(work.turns / warps), work.turns % warps];
}

/** Units of 16 bytes per block that a position of the profile is said to move through DRAM. */
export function profiledUnits(profile: KernelProfile, position: number, blocks: number): number {
  return (profile.work.dramBytes[position] ?? 0) / (16 * blocks);
}

/** Of those, the share that is written; at most half: what the counters miss is not known better. */
export function writtenShare(profile: KernelProfile, position: number): number {
  const { dramBytes, dramWriteBytes } = profile.work;
  return Math.min(0.5, (dramWriteBytes[position] ?? 0) / Math.max(1, dramBytes[position] ?? 0));
}
