import type { Grid } from './grid.ts';

/** Newton steps to solve for the common slowdown; three give 1e-6 on random demands. */
const STEPS = 4;

/**
 * Extra time per unit of memory-bound time when the grids' DRAM demand exceeds `capacity` (bytes/ns).
 * Measured on an H200: a saturated DRAM is shared in proportion to what each would draw. A grid whose
 * share of time bound by DRAM is m slows down by 1 + m·y; y solves sum of d/(1 + m·y) = capacity.
 * @param shares how much of its full rate each grid has before this slowdown
 */
export function bandwidthStretch(
  grids: readonly Grid[],
  shares: Float64Array,
  capacity: number,
): number {
  let demand = 0;
  for (let i = 0; i < grids.length; i++) {
    demand += (grids[i] as Grid).dramRate * (shares[i] as number);
  }
  if (demand <= capacity) return 0;
  let y = demand / capacity - 1;
  for (let step = 0; step < STEPS; step++) {
    let drawn = 0;
    let slope = 0;
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      const stretch = 1 + grid.memoryShare * y;
      const d = (grid.dramRate * (shares[i] as number)) / stretch;
      drawn += d;
      slope += (d * grid.memoryShare) / stretch;
    }
    if (slope <= 0) break;
    y = Math.max(0, y + (drawn - capacity) / slope);
  }
  return y;
}
