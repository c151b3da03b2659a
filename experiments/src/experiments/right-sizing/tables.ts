import type { Comparison } from '../alone.ts';
import { tailTable } from '../tails.ts';
import type { Findings } from '../types.ts';

/** One model alone, right-sized against not. */
export interface SizedModel {
  readonly profile: string;
  /** TPCs held, right-sized. */
  readonly held: number;
  /** Saved in TPCs held, and in TPC-time per iteration, %. */
  readonly saved: number;
  readonly work: number;
  readonly loss: number;
  readonly tail: number;
  readonly r2: number;
}

/** Tables and chart of the experiment. */
export function rightSizingDetails(
  alone: readonly SizedModel[],
  services: readonly Comparison[],
): Pick<Findings, 'tables' | 'charts'> {
  return {
    tables: [
      {
        id: 'capacity',
        title: 'Capacity, closed loops',
        columns: [
          { title: 'profile' },
          { title: 'TPCs held', digits: 1 },
          { title: 'saved %', digits: 1 },
          { title: 'TPC-time saved %', digits: 1 },
          { title: 'throughput loss %', digits: 2 },
          { title: 'P99 increase %', digits: 2 },
          { title: 'fit R²', digits: 3 },
        ],
        rows: alone.map((a) => [a.profile, a.held, a.saved, a.work, a.loss, a.tail, a.r2]),
      },
      tailTable(services),
    ],
    charts: [
      {
        kind: 'bars',
        id: 'capacity',
        title: 'Capacity saved by right-sizing, slip 1.1',
        valueLabel: 'TPCs saved, %',
        references: [
          { name: 'paper, mean', value: 26 },
          { name: 'paper, most', value: 51 },
        ],
        categories: alone.map((a) => a.profile),
        series: [{ name: 'saved', values: alone.map((a) => a.saved) }],
      },
    ],
  };
}
