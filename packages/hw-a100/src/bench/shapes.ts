import type { KernelShape } from '@lithos/core';

/** The shape of a kernel of one small block. */
export const emptyShape = (id: number): KernelShape => spinShape(id, 1, 32);

/** The shape of a kernel whose blocks only wait. */
export const spinShape = (
  id: number,
  blocks: number,
  threads: number,
  sharedMemoryBytes = 0,
): KernelShape => ({
  id,
  name: 'lithos_spin',
  grid: [blocks, 1, 1],
  block: [threads, 1, 1],
  blocks,
  threadsPerBlock: threads,
  registersPerThread: 16,
  sharedMemoryBytes,
  clusterSize: 1,
  splittable: true,
});
