import type { KernelShape } from './kernel.ts';

/** Gives equal kernel shapes one id over all work of a run. */
export class KernelInterner {
  private readonly ids = new Map<string, KernelShape>();

  /** All shapes so far, by id. */
  get kernels(): readonly KernelShape[] {
    return [...this.ids.values()];
  }

  /** The shape with its id: that of an equal shape before, or a new one. */
  intern(shape: Omit<KernelShape, 'id'>): KernelShape {
    const { name, grid, block, registersPerThread, sharedMemoryBytes } = shape;
    const rules = [shape.clusterSize, shape.splittable, shape.persistent];
    const key = [name, grid, block, registersPerThread, sharedMemoryBytes, rules].join('|');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const kernel = { ...shape, id: this.ids.size };
    this.ids.set(key, kernel);
    return kernel;
  }
}
