import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockRegisters, blocksPerSm, footprint } from './occupancy.ts';
import { deviceOf } from './testing/fake-port.ts';
import { kernelOf } from './testing/fixtures.ts';

const { sm } = deviceOf(1);
const KIB = 1024;

const shape = (threadsPerBlock: number, registersPerThread: number, sharedMemoryBytes = 0) =>
  kernelOf(1, { threadsPerBlock, registersPerThread, sharedMemoryBytes });

describe('blocks per SM', () => {
  // An SM of an A100: 2,048 threads, 32 blocks, 65,536 registers, 164 KiB of which 1 KiB a block.
  it.each([
    ['threads and registers alike', shape(256, 32), 8],
    ['registers, 33 of which take the place of 40', shape(256, 33), 6],
    ['registers', shape(128, 168), 3],
    ['registers of four warps, for three', shape(96, 40), 12],
    ['threads', shape(1024, 16), 2],
    ['the block limit', shape(32, 16), 32],
    ['shared memory, with what the driver takes', shape(256, 64, 48 * KIB), 3],
    ['shared memory to the byte', shape(32, 16, 81 * KIB), 2],
    ['shared memory to the byte, and one more', shape(32, 16, 81 * KIB + 1), 1],
  ])('are limited by %s', (_, kernel, blocks) => {
    expect(blocksPerSm(kernel, sm)).toBe(blocks);
  });

  it('are one if a block needs more than there is', () => {
    expect(blocksPerSm(shape(1024, 255), sm)).toBe(1);
    expect(blocksPerSm(shape(128, 32, 227 * KIB), sm)).toBe(1);
  });

  // 32 threads of 33 registers take 1,280; three warps as many as four.
  it.each([
    [32, 32, 4 * 1024],
    [96, 33, 4 * 1280],
    [256, 255, 65_536],
    [288, 224, 12 * 7168],
    [1024, 65, 32 * 2304],
  ])('have registers: %i threads of %i each', (threads, registers, total) => {
    expect(blockRegisters(shape(threads, registers))).toBe(total);
  });

  it('do not limit copies, which take nothing', () => {
    expect(footprint(shape(0, 0), sm)).toEqual({ threads: 0, registers: 0, sharedMemoryBytes: 0 });
    expect(blocksPerSm(shape(0, 0), sm)).toBe(32);
  });

  it('fit together into an SM, and one more would not', () => {
    const shapes = fc.tuple(
      fc.integer({ min: 1, max: 1024 }),
      fc.integer({ min: 16, max: 255 }),
      fc.nat(163 * KIB),
    );
    fc.assert(
      fc.property(shapes, ([threads, registers, memory]) => {
        const kernel = shape(threads, registers, memory);
        const n = blocksPerSm(kernel, sm);
        const one = footprint(kernel, sm);
        const fits = (blocks: number): boolean =>
          blocks <= sm.blocks &&
          blocks * one.threads <= sm.threads &&
          blocks * one.registers <= sm.registers &&
          blocks * one.sharedMemoryBytes <= sm.sharedMemoryBytes;
        expect(n).toBeGreaterThanOrEqual(1);
        expect(fits(n)).toBe(true);
        expect(fits(n + 1)).toBe(false);
      }),
    );
  });
});
