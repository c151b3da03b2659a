import { blocksPerSm, type KernelShape } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copiedBytes,
  REGISTER_CLASSES,
  rowUnits,
  shapeOf,
  slotsPerThread,
  span,
  turnsPerWarp,
} from './kernel.ts';
import { HOPPER_SM } from './testing/model-timer.ts';
import { profiledKernel as kernel } from './testing/profile.ts';

function fit(threads: number, registers: number, shared: number): number {
  const shape: KernelShape = {
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
  };
  return blocksPerSm(shape, HOPPER_SM);
}

describe('the shape of a look-alike', () => {
  it('fits an SM as often as the profiled kernel', () => {
    const threads = fc.constantFrom(1, 32, 64, 128, 224, 256, 384, 512, 1024);
    // The least class is 32: blocks of one warp with fewer registers fit more often than that.
    const registers = fc.integer({ min: 32, max: 255 });
    const shared = fc.integer({ min: 0, max: 232448 });
    fc.assert(
      fc.property(threads, registers, shared, (t, r, s) => {
        fc.pre(fit(t, r, s) > 0);
        const shape = shapeOf(kernel(t, r, s), HOPPER_SM, 132);
        const held = Number(shape.entry.replace('look_alike_', ''));
        expect(REGISTER_CLASSES).toContain(held);
        expect(shape.blocks).toBe(14);
        expect(fit(t, held, shape.dynamicSharedMemoryBytes)).toBe(fit(t, r, s));
      }),
    );
  });

  it('takes the class of registers at or above the kernel’s', () => {
    expect(shapeOf(kernel(128, 168, 0), HOPPER_SM, 132).entry).toBe('look_alike_168');
    expect(shapeOf(kernel(128, 33, 0), HOPPER_SM, 132).entry).toBe('look_alike_40');
    expect(shapeOf(kernel(128, 16, 0), HOPPER_SM, 132).entry).toBe('look_alike_32');
  });

  it('makes kernels of copies and memsets, by their bytes', () => {
    const memset = {
      ...kernel(0, 0, 0),
      grid: [0, 0, 0] as const,
      name: 'gpu_memset:Memset (Device) 3211264 B',
    };
    expect(copiedBytes(memset)).toBe(3211264);
    expect(shapeOf(memset, HOPPER_SM, 132)).toEqual({
      entry: 'look_alike_32',
      blocks: 196,
      threads: 512,
      dynamicSharedMemoryBytes: 0,
    });
    const large = { ...memset, name: 'gpu_memcpy:Memcpy DtoD (Device -> Device) 99999999 B' };
    expect(shapeOf(large, HOPPER_SM, 132).blocks).toBe(264);
  });

  it('shares turns out to warps, rows to blocks, and shared memory to threads', () => {
    const shape = { entry: '', blocks: 10, threads: 96, dynamicSharedMemoryBytes: 98304 };
    const work = { turns: 8, chain: 0, units: 100, writes: 5, lead: 0 };
    expect(turnsPerWarp(shape, work)).toEqual([2, 2]);
    expect(rowUnits(shape, 100)).toBe(2 * 10 * 96);
    expect(rowUnits(shape, 5)).toBe(10 * 8);
    expect(rowUnits(shape, 0)).toBe(0);
    expect(span(shape, work)).toBe(4096);
    expect(span(shape, { ...work, units: 0, writes: 0 })).toBe(0);
    expect(slotsPerThread(shape)).toBe(32);
    expect(slotsPerThread({ ...shape, dynamicSharedMemoryBytes: 40000 })).toBe(16);
    expect(slotsPerThread({ ...shape, dynamicSharedMemoryBytes: 8000 })).toBe(0);
  });
});
