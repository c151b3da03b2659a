import type { RunSummary } from '@lithos/experiments';
import { servedOf } from '../data/requests.ts';
import { digits, formatTime } from './format.ts';
import type { PlotRun } from './plot.ts';
import { runNames } from './run-names.ts';

/** A sentence on what happened to a tenant, and where to look. */
export interface Finding {
  readonly run: number;
  readonly tenant: string;
  /** Objectives are met, or not; `undefined` if that cannot be said. */
  readonly good: boolean | undefined;
  readonly text: string;
  /** The request that was kept waiting longest, if any was. */
  readonly worst: number | undefined;
  readonly from: number;
  readonly to: number;
}

/** How each high-priority tenant fared, run by run: those with objectives, or all if none has any. */
export function findings(runs: readonly PlotRun[]): readonly Finding[] {
  const names = runNames(runs.map(({ open }) => open.data));
  return runs.flatMap((run, index) => {
    const { tenants, summary } = run.open.data;
    if (summary === undefined) return [];
    const stated = tenants.some(({ slo }) => Object.keys(slo).length > 0);
    return tenants.flatMap(({ slo, class: kind }, t) =>
      kind === 'hp' && (!stated || Object.keys(slo).length > 0)
        ? [findingOf(run, names[index] as string, index, t, summary)]
        : [],
    );
  });
}

function findingOf(
  run: PlotRun,
  runName: string,
  index: number,
  t: number,
  summary: RunSummary,
): Finding {
  const { requests, durationNs, warmupNs, tenants } = run.open.data;
  const name = tenants[t]?.name ?? '';
  const llm = tenants[t]?.llm === true;
  let worst: number | undefined;
  let longest = 0;
  const waits: number[] = [];
  if (requests !== undefined) {
    for (let i = requests.starts[t] as number; i < (requests.starts[t + 1] as number); i++) {
      const arrival = requests.arrival[i] as number;
      if (arrival < warmupNs) continue;
      const served = servedOf(requests, i, llm);
      // One that was not served waited to the end at least.
      const waited = (Number.isNaN(served) ? durationNs : served) - arrival;
      waits.push(waited);
      if (waited > longest) {
        longest = waited;
        worst = i;
      }
    }
  }
  waits.sort((a, b) => a - b);
  const median = waits[Math.floor(waits.length / 2)] ?? 0;
  const result = summary.tenants.find((tenant) => tenant.name === name);
  const met = result?.slo_attainment_pct;
  const none = result !== undefined && result.requests > 0 && result.completed === 0;
  const good = none ? false : met === undefined ? undefined : met >= 90;
  const parts = [
    result?.refused === undefined ? '' : `refused: ${result.refused}`,
    met === undefined ? '' : `${met.toFixed(0)} % of objectives met`,
    median > 0
      ? llm
        ? `half of its requests wait ${formatTime(median)} or more for the first token`
        : `half of its requests take ${formatTime(median)} or more`
      : '',
    result !== undefined && (result.unfinished > 1 || none)
      ? `${digits(result.unfinished)} of ${digits(result.requests)} never completed`
      : '',
  ].filter((part) => part !== '');
  const arrival = worst === undefined ? 0 : (requests?.arrival[worst] as number);
  return {
    run: index,
    tenant: name,
    good,
    text: `${name} under ${runName}: ${parts.join(', ')}`,
    worst,
    from: arrival,
    to: Math.min(durationNs, arrival + longest),
  };
}
