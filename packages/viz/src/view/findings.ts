import type { RunSummary } from '@lithos/experiments';
import { beginOf } from '../data/requests.ts';
import { digits, formatTime } from './format.ts';
import type { PlotRun } from './plot.ts';

/** A sentence on what happened to a tenant, and where to look. */
export interface Finding {
  readonly run: number;
  readonly tenant: number;
  /** Objectives are met, or not; `undefined` if that cannot be said. */
  readonly good: boolean | undefined;
  readonly text: string;
  /** The request that waited longest, if any did. */
  readonly worst: number | undefined;
  readonly from: number;
  readonly to: number;
}

/** How each high-priority tenant fared, run by run: those with objectives, or all if none has any. */
export function findings(runs: readonly PlotRun[]): readonly Finding[] {
  return runs.flatMap((run, index) => {
    const { tenants, summary } = run.open.data;
    if (summary === undefined) return [];
    const stated = tenants.some(({ slo }) => Object.keys(slo).length > 0);
    return tenants.flatMap(({ slo, class: kind }, t) =>
      kind === 'hp' && (!stated || Object.keys(slo).length > 0)
        ? [findingOf(run, index, t, summary)]
        : [],
    );
  });
}

function findingOf(
  run: PlotRun,
  index: number,
  t: number,
  summary: RunSummary | undefined,
): Finding {
  const { requests, durationNs, tenants, manifest } = run.open.data;
  const name = tenants[t]?.name ?? '';
  let worst: number | undefined;
  let longest = 0;
  const waits: number[] = [];
  if (requests !== undefined) {
    for (let i = requests.starts[t] as number; i < (requests.starts[t + 1] as number); i++) {
      const begin = beginOf(requests, i);
      const arrival = requests.arrival[i] as number;
      const waited = (Number.isNaN(begin) ? durationNs : begin) - arrival;
      waits.push(waited);
      if (waited > longest) {
        longest = waited;
        worst = i;
      }
    }
  }
  waits.sort((a, b) => a - b);
  const median = waits[Math.floor(waits.length / 2)] ?? 0;
  const result = summary?.tenants.find((tenant) => tenant.name === name);
  const met = result?.slo_attainment_pct;
  const none = result !== undefined && result.requests > 0 && result.completed === 0;
  const good = none ? false : met === undefined ? undefined : met >= 90;
  const parts = [
    result?.refused === undefined ? '' : `refused: ${result.refused}`,
    met === undefined ? '' : `${met.toFixed(0)} % of objectives met`,
    waits.length > 0 ? `half of its requests wait ${formatTime(median)} or more to begin` : '',
    result !== undefined && result.unfinished > 1
      ? `${digits(result.unfinished)} of ${digits(result.requests)} never completed`
      : '',
  ].filter((part) => part !== '');
  const arrival = worst === undefined ? 0 : (requests?.arrival[worst] as number);
  return {
    run: index,
    tenant: t,
    good,
    text: `${name} under ${manifest.policy}: ${parts.join(', ')}`,
    worst,
    from: arrival,
    to: Math.min(durationNs, arrival + longest),
  };
}
