import { groupBy, mean } from '../statistics.ts';
import type { RunOutcome } from '../types.ts';

/** A service beside one best-effort job: P95 over ideal, and what the job gets. */
export interface Blocked {
  readonly quota: number;
  readonly job: string;
  readonly seed: number;
  readonly idealMs: number;
  readonly withAtoms: number;
  readonly without: number;
  readonly perS: number;
  readonly perSWithout: number;
  /** What atoms cost the job in throughput. */
  readonly costPct: number;
}

interface Done extends RunOutcome {
  readonly quota: number;
  readonly job: string | undefined;
  readonly atoms: boolean;
  readonly seed: number;
}

/** Puts runs with atoms and without next to the ideal of their quota and seed. */
export function byQuota(done: readonly Done[]): readonly Blocked[] {
  return [...groupBy(done, (d) => `${d.quota} ${d.seed}`).values()].flatMap((runs) => {
    const p95 = (d: Done | undefined): number => d?.result.tenants[0]?.latency_ms.p95 ?? 0;
    const perS = (d: Done | undefined): number => d?.result.tenants[1]?.throughput_per_s ?? 0;
    const idealMs = p95(runs.find((d) => d.job === undefined));
    return [...groupBy(runs, (d) => d.job).entries()].flatMap(([job, own]) => {
      const [first] = own;
      if (job === undefined || first === undefined) return [];
      const withAtoms = own.find((d) => d.atoms);
      const without = own.find((d) => !d.atoms);
      return [
        {
          quota: first.quota,
          job,
          seed: first.seed,
          idealMs,
          withAtoms: p95(withAtoms) / idealMs,
          without: p95(without) / idealMs,
          perS: perS(withAtoms),
          perSWithout: perS(without),
          costPct: 100 * (1 - perS(withAtoms) / perS(without)),
        },
      ];
    });
  });
}

/** Means over the seeds. */
export function summary(blocked: readonly Blocked[]): readonly Omit<Blocked, 'seed'>[] {
  return [...groupBy(blocked, (b) => `${b.quota} ${b.job}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const of = (key: 'idealMs' | 'withAtoms' | 'without' | 'perS' | 'perSWithout' | 'costPct') =>
      mean(own.map((b) => b[key]));
    return [
      {
        quota: first.quota,
        job: first.job,
        idealMs: of('idealMs'),
        withAtoms: of('withAtoms'),
        without: of('without'),
        perS: of('perS'),
        perSWithout: of('perSWithout'),
        costPct: of('costPct'),
      },
    ];
  });
}
