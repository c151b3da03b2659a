/** 97.5 % quantile of Student's t distribution, by degrees of freedom from 1 (any textbook's table). */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
/** The same of the normal distribution. */
const NORMAL_975 = 1.96;

/** A mean, with half of its 95 % confidence interval where there is one. */
export interface Estimate {
  readonly mean: number;
  readonly ci95?: number;
}

/** The arithmetic mean; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean and interval of independent repetitions; no interval if they are one or all the same. */
export function estimate(values: readonly number[]): Estimate {
  const centre = mean(values);
  const freedom = values.length - 1;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (freedom < 1 || squares === 0) return { mean: centre };
  const error = Math.sqrt(squares / freedom / values.length);
  return { mean: centre, ci95: (T_975[freedom - 1] ?? NORMAL_975) * error };
}

/** The elements by a key, in order of first appearance. */
export function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const k = key(value);
    const group = groups.get(k);
    if (group === undefined) groups.set(k, [value]);
    else group.push(value);
  }
  return groups;
}
