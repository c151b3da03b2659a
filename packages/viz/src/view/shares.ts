import type { Atoms } from '../data/atoms.ts';
import type { Sums } from '../data/sums.ts';

/**
 * Shares of a lane from sums of windows: of a set of TPCs, given as how many of each class are in it.
 * Where tenants held TPCs at the same time, the time in which anybody did is divided among them in
 * proportion to what each held.
 * @param weights TPCs of each class
 * @param target `series` values a column, their sum being the share of busy time
 */
export function laneShares(
  atoms: Atoms,
  sums: Sums,
  weights: readonly number[],
  columns: { readonly sums: Float64Array; readonly edges: Float64Array },
  target: Float64Array,
): void {
  const { width, anybody } = sums;
  const series = sums.series.length;
  const cells = atoms.classes.count * width;
  const count = columns.edges.length - 1;
  const tpcs = weights.reduce((a, b) => a + b, 0);
  target.fill(0, 0, count * series);
  for (let i = 0; i < count; i++) {
    const span = (columns.edges[i + 1] as number) - (columns.edges[i] as number);
    if (span <= 0 || tpcs === 0) continue;
    const whole = span * tpcs;
    for (let c = 0; c < weights.length; c++) {
      const weight = weights[c] as number;
      if (weight === 0) continue;
      const at = i * cells + c * width;
      let total = 0;
      for (let s = 0; s < series; s++) total += columns.sums[at + s] as number;
      if (total === 0) continue;
      const busy = anybody < 0 ? total : (columns.sums[at + anybody] as number);
      const scale = (weight * busy) / (total * whole);
      for (let s = 0; s < series; s++) {
        const value = (columns.sums[at + s] as number) * scale;
        target[i * series + s] = (target[i * series + s] as number) + value;
      }
    }
  }
}

/** How many TPCs of each class are among these. */
export function weightsOf(atoms: Atoms, tpcs: Iterable<number>): readonly number[] {
  const weights = new Array<number>(atoms.classes.count).fill(0);
  for (const tpc of tpcs) {
    const c = atoms.classes.ofTpc[tpc] as number;
    weights[c] = (weights[c] as number) + 1;
  }
  return weights;
}
