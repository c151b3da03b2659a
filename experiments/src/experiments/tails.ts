import { type Comparison, p99Increase, p99Ms } from './alone.ts';
import { groupBy, mean } from './statistics.ts';
import type { ExperimentContext, ResultTable } from './types.ts';

/** P99 of services by load, mean of the seeds. */
export function tailTable(services: readonly Comparison[]): ResultTable {
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
    ],
    rows: [...groups.values()].map((own) => [
      own[0]?.profile,
      100 * (own[0]?.share ?? 0),
      mean(own.map((c) => p99Ms(c.off) ?? 0)),
      mean(own.map((c) => p99Ms(c.on) ?? 0)),
      mean(own.map(p99Increase)),
    ]),
  };
}

/** The mean over all services, once per seed: for a claim. */
export function bySeed(
  { seeds }: ExperimentContext,
  services: readonly Comparison[],
  value: (c: Comparison) => number,
): readonly number[] {
  return seeds.map((seed) => mean(services.filter((c) => c.seed === seed).map(value)));
}
