import type { Series } from '../data/sums.ts';
import type { PlotRun } from './plot.ts';

/** Exact shares of the TPCs within the pixel around a moment. */
export function sharesAt(
  run: PlotRun,
  tpcs: readonly number[],
  time: number,
  step: number,
  isMatching: (series: Series) => boolean,
): {
  readonly shares: readonly { readonly tenant: number; readonly share: number }[];
  readonly idle: number;
  /** What of the shares matches. */
  readonly matching: number;
} {
  const { atoms, sums } = run;
  if (run.windows === undefined || atoms === undefined || sums === undefined) {
    return { shares: [], idle: 0, matching: 0 };
  }
  const from = Math.max(0, Math.round(time - step / 2));
  const to = Math.max(from + 1, Math.round(time + step / 2));
  const { shares, busy, matching } = heldShares(run, tpcs, from, to, isMatching);
  return { shares, idle: 1 - busy, matching };
}

/** Share of the time in which each tenant held these TPCs, and in which anybody did. */
export function heldShares(
  run: PlotRun,
  tpcs: readonly number[],
  from: number,
  to: number,
  isMatching: (series: Series) => boolean = () => true,
): {
  readonly shares: readonly { readonly tenant: number; readonly share: number }[];
  readonly busy: number;
  readonly stolen: readonly number[];
  readonly matching: number;
} {
  const { atoms, sums } = run;
  const { tenants } = run.open.data;
  const held = new Array<number>(tenants.length).fill(0);
  const stolenBy = new Array<number>(tenants.length).fill(0);
  if (run.windows === undefined || atoms === undefined || sums === undefined) {
    return { shares: [], busy: 0, stolen: stolenBy, matching: 0 };
  }
  const window = run.windows.window(from, to);
  const isMatch = sums.series.map(isMatching);
  let busy = 0;
  let matching = 0;
  for (const tpc of tpcs) {
    const at = (atoms.classes.ofTpc[tpc] as number) * sums.width;
    let total = 0;
    sums.series.forEach(({ tenant, stolen }, s) => {
      const value = window[at + s] as number;
      held[tenant] = (held[tenant] as number) + value;
      if (isMatch[s]) matching += value;
      if (stolen) stolenBy[tenant] = (stolenBy[tenant] as number) + value;
      total += value;
    });
    busy += sums.anybody < 0 ? total : (window[at + sums.anybody] as number);
  }
  const whole = Math.max(1, (to - from) * tpcs.length);
  return {
    shares: held.map((value, tenant) => ({ tenant, share: value / whole })),
    busy: busy / whole,
    stolen: stolenBy.map((value) => value / whole),
    matching: matching / whole,
  };
}
