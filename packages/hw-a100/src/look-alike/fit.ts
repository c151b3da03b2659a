/**
 * Least squares for the work of a look-alike: how much of each kind of work brings its times at
 * some TPC counts nearest to the wanted ones.
 */
export type Amounts = readonly [number, number, number, number];

/** Kinds of work. */
export const KINDS = [0, 1, 2, 3] as const;

export interface Step {
  /** Where the times were measured. */
  readonly at: Amounts;
  /** `slope[row][kind]`: time per unit of work of that kind, at that TPC count. */
  readonly slope: readonly Amounts[];
  /** Wanted less measured, per TPC count. */
  readonly missing: readonly number[];
  /** What an error at that TPC count weighs, in 1/ns. */
  readonly weight: readonly number[];
  /** Pulls kind `i` weakly to `prior[i]`: with `pull[i]` per unit away. */
  readonly prior: Amounts;
  readonly pull: Amounts;
  /** Kinds that may be used at all. */
  readonly kinds: readonly number[];
}

/** The non-negative work that makes the weighted squared errors least, by the linear model. */
export function nextWork(step: Step): Amounts {
  let best: { work: Amounts; cost: number } | undefined;
  // Few unknowns: try every set of them that may be above zero.
  for (let mask = 0; mask < 2 ** KINDS.length; mask++) {
    const kinds = KINDS.filter((i) => mask & (1 << i));
    if (!kinds.every((kind) => step.kinds.includes(kind))) continue;
    const work = solveOver(step, kinds);
    if (work === undefined) continue;
    const cost = costOf(step, work);
    if (best === undefined || cost < best.cost) best = { work, cost };
  }
  return best?.work ?? step.at;
}

function costOf(step: Step, work: Amounts): number {
  let cost = 0;
  step.slope.forEach((slope, row) => {
    let error = -(step.missing[row] ?? 0);
    for (const i of KINDS) error += (slope[i] ?? 0) * (pick(work, i) - pick(step.at, i));
    cost += (error * (step.weight[row] ?? 0)) ** 2;
  });
  for (const i of KINDS) cost += (pick(step.pull, i) * (pick(work, i) - pick(step.prior, i))) ** 2;
  return cost;
}

/** Minimum with all but these kinds held at zero; undefined if a kind comes out negative. */
function solveOver(step: Step, kinds: readonly (typeof KINDS)[number][]): Amounts | undefined {
  const normal = kinds.map((i) => kinds.map((j) => product(step, i, j)));
  const right = kinds.map((i) => {
    let sum = pick(step.pull, i) ** 2 * pick(step.prior, i);
    step.slope.forEach((slope, row) => {
      let rest = step.missing[row] ?? 0;
      for (const k of KINDS) rest += pick(slope, k) * pick(step.at, k);
      sum += pick(slope, i) * rest * (step.weight[row] ?? 0) ** 2;
    });
    return sum;
  });
  const solution = gauss(normal, right);
  if (solution === undefined || solution.some((value) => value < 0)) return undefined;
  const work = [0, 0, 0, 0];
  kinds.forEach((kind, i) => {
    work[kind] = solution[i] ?? 0;
  });
  return work as unknown as Amounts;
}

function product(step: Step, i: number, j: number): number {
  let sum = i === j ? pick(step.pull, i) ** 2 : 0;
  step.slope.forEach((slope, row) => {
    sum += pick(slope, i) * pick(slope, j) * (step.weight[row] ?? 0) ** 2;
  });
  return sum;
}

/** Gaussian elimination with row exchanges; undefined for a singular matrix. */
function gauss(matrix: number[][], right: number[]): number[] | undefined {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let r = column + 1; r < n; r++) {
      if (Math.abs(cell(rows, r, column)) > Math.abs(cell(rows, pivot, column))) pivot = r;
    }
    const top = rows[pivot];
    const scale = matrix[column]?.[column] ?? 0;
    if (top === undefined || Math.abs(top[column] ?? 0) <= 1e-12 * Math.abs(scale))
      return undefined;
    rows[pivot] = rows[column] ?? [];
    rows[column] = top;
    for (let r = 0; r < n; r++) {
      const row = rows[r];
      if (r === column || row === undefined) continue;
      const factor = (row[column] ?? 0) / (top[column] ?? 1);
      for (let c = column; c <= n; c++) row[c] = (row[c] ?? 0) - factor * (top[c] ?? 0);
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1));
}

const cell = (rows: readonly number[][], r: number, c: number): number => rows[r]?.[c] ?? 0;

const pick = (values: Amounts, i: number): number => values[i] ?? 0;

/**
 * Broyden's rule: the least change of the slopes that explains how the times really changed between
 * two amounts of work. `scale`: what counts as one step of each kind of work.
 */
export function correctedSlope(
  slope: readonly Amounts[],
  moved: Amounts,
  changed: readonly number[],
  scale: Amounts,
): Amounts[] {
  const unit = moved.map((value, i) => value / pick(scale, i));
  const length = unit.reduce((sum, value) => sum + value * value, 0);
  if (length === 0) return [...slope];
  return slope.map((row, r) => {
    let surprise = changed[r] ?? 0;
    for (const i of KINDS) surprise -= pick(row, i) * pick(moved, i);
    const next = KINDS.map(
      (i) => pick(row, i) + (surprise * (unit[i] ?? 0)) / length / pick(scale, i),
    );
    return next as unknown as Amounts;
  });
}
