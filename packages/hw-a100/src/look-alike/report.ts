import type { LookAlikeCalibration } from './calibration.ts';

/** How well a profile's look-alikes hit its times, at one TPC count. */
export interface LookAlikeError {
  readonly tpcs: number;
  /** Share of the profile's time (on that many TPCs) whose look-alikes are within 5 %, and 15 %. */
  readonly within5: number;
  readonly within15: number;
  /** Mean absolute error, weighted by time. */
  readonly meanError: number;
  /** All look-alikes together against all kernels together: 1 is exact. */
  readonly total: number;
}

/** Error per TPC count of the calibration, weighted by the profile's time. */
export function lookAlikeErrors(calibration: LookAlikeCalibration): LookAlikeError[] {
  const times = new Map<number, number>();
  for (const group of calibration.group) times.set(group, (times.get(group) ?? 0) + 1);
  return calibration.tpcCounts.map((tpcs, row) => {
    let target = 0;
    let measured = 0;
    let off = 0;
    let within5 = 0;
    let within15 = 0;
    calibration.groups.forEach((group, i) => {
      const wanted = (group.targetNs[row] ?? 0) * (times.get(i) ?? 0);
      const got = (group.measuredNs[row] ?? 0) * (times.get(i) ?? 0);
      target += wanted;
      measured += got;
      off += Math.abs(got - wanted);
      if (Math.abs(got - wanted) <= 0.05 * wanted) within5 += wanted;
      if (Math.abs(got - wanted) <= 0.15 * wanted) within15 += wanted;
    });
    const share = 1 / Math.max(target, 1e-9);
    return {
      tpcs,
      within5: within5 * share,
      within15: within15 * share,
      meanError: off * share,
      total: measured * share,
    };
  });
}
