/**
 * Duration on `n` TPCs from measurements at other counts: linear in 1/n between the two neighbours,
 * because the parallel part of a kernel goes as 1/n. Beyond the ends, the end's own value scaled as
 * 1/n below the smallest count and constant above the largest.
 * @param counts ascending TPC counts
 * @param durations ns, one a count
 */
export function durationAt(
  n: number,
  counts: readonly number[],
  durations: (i: number) => number,
): number {
  const last = counts.length - 1;
  const first = counts[0] as number;
  if (n <= first) return (durations(0) * first) / n;
  for (let i = 1; i <= last; i++) {
    const high = counts[i] as number;
    if (n > high) continue;
    const low = counts[i - 1] as number;
    const weight = (1 / n - 1 / high) / (1 / low - 1 / high);
    return durations(i) + (durations(i - 1) - durations(i)) * weight;
  }
  return durations(last);
}
