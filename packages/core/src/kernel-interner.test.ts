import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelShape } from './kernel.ts';
import { KernelInterner } from './kernel-interner.ts';

const SIZE = fc.constantFrom<readonly [number, number, number]>([1, 1, 1], [8, 2, 1], [64, 1, 1]);
const volume = ([x, y, z]: readonly [number, number, number]): number => x * y * z;
const SHAPE: fc.Arbitrary<Omit<KernelShape, 'id'>> = fc
  .record({
    name: fc.constantFrom('gemm', 'barrier'),
    grid: SIZE,
    block: SIZE,
    registersPerThread: fc.constantFrom(16, 32),
    sharedMemoryBytes: fc.constantFrom(0, 1024),
    clusterSize: fc.constantFrom(1, 2),
    splittable: fc.boolean(),
    persistent: fc.boolean(),
  })
  .map((shape) => ({
    ...shape,
    blocks: volume(shape.grid),
    threadsPerBlock: volume(shape.block),
  }));

describe('KernelInterner', () => {
  it('gives one id to shapes that are equal in all they have, and to no others', () => {
    fc.assert(
      fc.property(fc.array(SHAPE, { maxLength: 40 }), (shapes) => {
        const interner = new KernelInterner();
        const kernels = shapes.map((shape) => interner.intern(shape));
        shapes.forEach((shape, i) => {
          const { id, ...rest } = kernels[i] as KernelShape;
          expect(rest).toEqual(shape);
          expect(interner.kernels[id]).toBe(kernels[i]);
        });
        const texts = new Set(shapes.map((shape) => JSON.stringify(shape)));
        expect(interner.kernels).toHaveLength(texts.size);
      }),
    );
  });
});
