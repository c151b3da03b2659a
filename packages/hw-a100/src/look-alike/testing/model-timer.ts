import { blocksPerSm, type SmLimits } from '@lithos/core';
import type { LookAlikeKernel } from '../kernel.ts';
import type { LookAlikeTimer } from '../timer.ts';

/** Limits of an SM of compute capability 9.0. */
export const HOPPER_SM: SmLimits = {
  threads: 2048,
  blocks: 32,
  registers: 65536,
  sharedMemoryBytes: 233472,
  reservedSharedMemoryBytes: 1024,
};

/**
 * A timer without a GPU, after the physics that look-alikes are made for: waves of blocks, an issue
 * rate per SM, a DRAM that a quarter of the TPCs saturate, phases that overlap in part, a fixed
 * latency. Its numbers are round ones; it tests the search, and says nothing of any device.
 */
export function modelTimer(tpcs = 66): LookAlikeTimer & { launches: number } {
  const timer = {
    device: 'model',
    kernels: 'model',
    sm: HOPPER_SM,
    sms: 2 * tpcs,
    tpcs,
    launches: 0,
    time(kernels: readonly LookAlikeKernel[], repeats: readonly number[], count: number): number[] {
      timer.launches += repeats.reduce((sum, n) => sum + n, 0);
      return kernels.map((kernel) => modelTime(kernel, count));
    },
  };
  return timer;
}

function modelTime(kernel: LookAlikeKernel, tpcs: number): number {
  const { blocks, threads, work } = kernel;
  const registers = Number(kernel.entry.replace('look_alike_', ''));
  const shape = {
    id: 0,
    name: '',
    grid: [blocks, 1, 1],
    block: [threads, 1, 1],
    blocks,
    threadsPerBlock: threads,
    registersPerThread: registers,
    sharedMemoryBytes: kernel.dynamicSharedMemoryBytes,
    clusterSize: 1,
    splittable: true,
  } as const;
  const slots = 2 * tpcs * blocksPerSm(shape, HOPPER_SM);
  const warps = Math.ceil(threads / 32);
  const wave = (count: number): number => {
    const perSm = Math.ceil(count / (2 * tpcs));
    const compute = work.turns * Math.max(8 / warps, 1.5 * perSm);
    const bandwidth = Math.min(4560, 370 * tpcs, 150 * count);
    const memory = (count * (work.units + work.writes) * 16) / bandwidth;
    return Math.max(compute, memory) + 0.7 * Math.min(compute, memory) + 9 * work.chain;
  };
  const full = Math.floor(blocks / slots);
  const rest = blocks - full * slots;
  const all = full * wave(slots) + (rest > 0 ? wave(rest) : 0);
  return 1000 + Math.max(all, wave(1) + 9 * work.lead);
}
