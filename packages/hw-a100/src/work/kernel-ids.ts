import type { KernelShape } from '@lithos/core';

/** Gives equal kernel shapes one id over all work of a run. */
export class KernelIds {
  private readonly ids = new Map<string, KernelShape>();

  /** Shapes so far, by id. */
  get kernels(): readonly KernelShape[] {
    return [...this.ids.values()];
  }

  intern(shape: Omit<KernelShape, 'id'>): KernelShape {
    const { name, grid, block, sharedMemoryBytes, clusterSize, splittable } = shape;
    const key = [name, grid, block, sharedMemoryBytes, clusterSize, splittable].join('|');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const kernel = { ...shape, id: this.ids.size };
    this.ids.set(key, kernel);
    return kernel;
  }
}
