/**
 * Kernel families that scale alike. The class decides which fitted constants a launch gets; it is
 * read off the function's name, so a kernel of a library not seen here falls back on its kind of
 * work, or on `other`.
 */
export const KERNEL_CLASSES = [
  'nvjet-wave',
  'nvjet-pers-p2',
  'nvjet-pers',
  'attention',
  'gemm-pers',
  'gemm',
  'elementwise',
  'batchnorm',
  'gather',
  'other',
] as const;

export type KernelClass = (typeof KERNEL_CLASSES)[number];

/** SMs of the H200, on which names and grids were seen: a grid that fits is one persistent wave. */
const SMS = 132;

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

/**
 * The class of a kernel by its name and grid; the first rule that matches decides.
 *
 * `nvjet` (cuBLAS, Hopper) and `sm90` convolution kernels are persistent when the grid covers the
 * device: blocks fetch tiles until none is left, so they lose less in a last wave. Tiles whose sides
 * are powers of two divide a power-of-two problem evenly.
 */
export function kernelClass(name: string, blocks: number): KernelClass {
  if (name.includes('nvjet')) {
    if (blocks < SMS) return 'nvjet-wave';
    const tile = /_(\d+)x(\d+)_/.exec(name);
    if (tile === null) return 'nvjet-pers';
    return isPowerOfTwo(Number(tile[1])) && isPowerOfTwo(Number(tile[2]))
      ? 'nvjet-pers-p2'
      : 'nvjet-pers';
  }
  if (/sdpa|fmha|flash/.test(name)) return 'attention';
  if (/xmma|cutlass|gemm/.test(name) || /conv/i.test(name)) {
    return blocks <= SMS && name.includes('sm90') ? 'gemm-pers' : 'gemm';
  }
  if (/elementwise|CatArray/.test(name)) return 'elementwise';
  if (name.includes('batch_norm')) return 'batchnorm';
  return /embedding|gather|index/i.test(name) ? 'gather' : 'other';
}
