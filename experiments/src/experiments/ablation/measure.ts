import { type Pair, pairName } from '../hybrid.ts';
import { groupBy } from '../statistics.ts';
import type { RunOutcome } from '../types.ts';

/** A way to run a pair; `ideal` is the service alone. */
export interface Variant {
  readonly id: 'ideal' | 'mps' | 'tpcs' | 'atoms';
  readonly policy: string;
  readonly alone: boolean;
  readonly parameters: Readonly<Record<string, number>>;
}

export const VARIANTS: readonly Variant[] = [
  { id: 'ideal', policy: 'mps', alone: true, parameters: {} },
  { id: 'mps', policy: 'mps', alone: false, parameters: {} },
  { id: 'tpcs', policy: 'lithos', alone: false, parameters: { atomizer: 0 } },
  { id: 'atoms', policy: 'lithos', alone: false, parameters: {} },
];

/** One pair at one load and seed: P99 over ideal by variant. */
export interface Measured {
  readonly name: string;
  readonly seed: number;
  readonly idealMs: number;
  readonly mps: number;
  readonly tpcs: number;
  readonly atoms: number;
  readonly trainingPerS: number;
  readonly trainingMpsPerS: number;
}

interface Done extends RunOutcome {
  readonly pair: Pair;
  readonly share: number;
  readonly seed: number;
  readonly variant: Variant;
}

/** Puts the variants of each case together. */
export function byCase(done: readonly Done[]): readonly Measured[] {
  const name = (d: Done): string => `${pairName(d.pair)} at ${Math.round(100 * d.share)} %`;
  return [...groupBy(done, (d) => `${name(d)} ${d.seed}`).values()].flatMap((runs) => {
    const [first] = runs;
    if (first === undefined) return [];
    const tenant = (id: Variant['id'], index: number) =>
      runs.find((d) => d.variant.id === id)?.result.tenants[index];
    const idealMs = tenant('ideal', 0)?.latency_ms.p99 ?? 0;
    const over = (id: Variant['id']): number => (tenant(id, 0)?.latency_ms.p99 ?? 0) / idealMs;
    return [
      {
        name: name(first),
        seed: first.seed,
        idealMs,
        mps: over('mps'),
        tpcs: over('tpcs'),
        atoms: over('atoms'),
        trainingPerS: tenant('atoms', 1)?.throughput_per_s ?? 0,
        trainingMpsPerS: tenant('mps', 1)?.throughput_per_s ?? 0,
      },
    ];
  });
}
