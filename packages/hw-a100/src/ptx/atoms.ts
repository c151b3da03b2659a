import type { Splitting } from './classify.ts';

/** Most blocks of a one-dimensional grid, and so of a launch that can be cut. */
const MOST_BLOCKS = 2 ** 31 - 1;

/**
 * A split kernel's last four parameters: the original grid and the linear index (x fastest)
 * of the atom's first block. The atom runs on a grid of (its number of blocks, 1, 1); a whole launch
 * is the atom of all blocks from 0.
 */
export function atomParameters(
  grid: readonly [number, number, number],
  firstBlock: number,
): readonly [number, number, number, number] {
  return [grid[0], grid[1], grid[2], firstBlock];
}

/**
 * The blocks at whose multiples a launch of this kernel may be cut; undefined where it must run
 * whole: because of the kernel, or because the grid has more blocks than a one-dimensional one can.
 */
export function cutMultiple(
  splitting: Splitting,
  grid: readonly [number, number, number],
): number | undefined {
  if (splitting.kind === 'whole' || grid[0] * grid[1] * grid[2] > MOST_BLOCKS) return undefined;
  if (splitting.kind === 'splittable') return 1;
  return grid[0] % splitting.clusterBlocks === 0 ? splitting.clusterBlocks : undefined;
}
