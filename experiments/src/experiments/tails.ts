import { type Comparison, p99Increase, p99Ms } from './alone.ts';
import { groupBy, mean } from './statistics.ts';
import type { ExperimentContext, ResultTable } from './types.ts';

/** P99 of services by load, mean of the seeds; `energySaved` adds a column. */
export function tailTable(
  services: readonly Comparison[],
  energySaved?: (c: Comparison) => number,
): ResultTable {
  const groups = groupBy(services, (c) => `${c.profile} ${c.share}`);
  return {
    id: 'tails',
    title: 'P99 of services in open loops',
    columns: [
      { title: 'profile' },
      { title: 'load %', digits: 0 },
      { title: 'P99 off ms', digits: 3 },
      { title: 'P99 on ms', digits: 3 },
      { title: 'increase %', digits: 2 },
      ...(energySaved === undefined ? [] : [{ title: 'energy saved %', digits: 1 }]),
    ],
    rows: [...groups.values()].map((own) => [
      own[0]?.profile,
      100 * (own[0]?.share ?? 0),
      mean(own.map((c) => p99Ms(c.off) ?? 0)),
      mean(own.map((c) => p99Ms(c.on) ?? 0)),
      mean(own.map(p99Increase)),
      ...(energySaved === undefined ? [] : [mean(own.map(energySaved))]),
    ]),
  };
}

/**
 * By how much P99 is longer, once per seed: the mean over the kinds of arrivals (closed, and each load),
 * as the paper does not say which of them it means.
 */
export function p99IncreaseBySeed(
  { seeds }: ExperimentContext,
  comparisons: readonly Comparison[],
): readonly number[] {
  return seeds.map((seed) => {
    const own = comparisons.filter((c) => c.share === undefined || c.seed === seed);
    return mean(byArrivals(own).map(([, increase]) => increase));
  });
}

/** The same by kind of arrivals, in words. */
export function p99Note(comparisons: readonly Comparison[]): string {
  const parts = byArrivals(comparisons).map(([share, increase]) => {
    const name = share === undefined ? 'closed loop' : `${Math.round(100 * share)} % load`;
    return `${name} ${increase.toFixed(1)} %`;
  });
  return `mean of ${parts.join(', ')}`;
}

function byArrivals(
  comparisons: readonly Comparison[],
): readonly (readonly [share: number | undefined, increase: number])[] {
  return [...groupBy(comparisons, (c) => c.share).entries()].map(([share, own]) => [
    share,
    mean(own.map(p99Increase)),
  ]);
}
