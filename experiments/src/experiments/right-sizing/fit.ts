import type { KernelProfile } from '@lithos/core';
import { launchesOf, TPCS } from '../setup.ts';

/** A launch that varies by less over all TPC counts, as a share of its mean, has nothing to fit. */
const FLAT = 0.01;

/**
 * How well l(t) = m/t + b, from the times on one TPC and on all, describes a profile's launches on all
 * TPC counts: R² of each launch, weighted by its time on the whole device. Copies and launches that
 * TPCs do not change are left out.
 */
export function fitR2(profile: KernelProfile): number {
  let weighted = 0;
  let weight = 0;
  for (const { durationNs, blocksPerTpc } of launchesOf(profile)) {
    if (blocksPerTpc === 0) continue;
    const r2 = launchR2(durationNs.subarray(1));
    if (r2 === undefined) continue;
    const ns = durationNs[TPCS] as number;
    weighted += ns * r2;
    weight += ns;
  }
  return weight === 0 ? 1 : weighted / weight;
}

/** R² of one launch's times on 1, 2, … TPCs; `undefined` if they hardly differ. */
export function launchR2(times: Float64Array): number | undefined {
  const all = times.length;
  const one = times[0] as number;
  const whole = times[all - 1] as number;
  const m = ((one - whole) * all) / (all - 1);
  const b = one - m;
  const mean = times.reduce((sum, t) => sum + t, 0) / all;
  let residual = 0;
  let total = 0;
  times.forEach((ns, i) => {
    residual += (ns - (m / (i + 1) + b)) ** 2;
    total += (ns - mean) ** 2;
  });
  return Math.sqrt(total / all) < FLAT * mean ? undefined : 1 - residual / total;
}
