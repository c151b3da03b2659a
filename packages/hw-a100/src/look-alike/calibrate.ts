import type { KernelProfile } from '@lithos/core';
import { BUFFER_UNITS, type LookAlikeCalibration } from './calibration.ts';
import { type Amounts, KINDS } from './fit.ts';
import { fittedCounts, groupPositions, type PositionGroup } from './groups.ts';
import {
  blockWork,
  type Fit,
  firstGuess,
  keepBest,
  learn,
  NONE,
  score,
  startFit,
  step,
} from './search.ts';
import type { LookAlikeTimer } from './timer.ts';

/** Rounds of measuring and correcting after the first guess. */
const ROUNDS = 8;

/** Good enough to stop measuring: a quarter of what is allowed. */
const GOOD = 0.25;

/**
 * Finds work for the look-alikes of a profile. First each kind of work by itself is brought to the time
 * on the whole device: that gives slopes, and candidates. From the best of them least squares go
 * on (Gauss-Newton steps with Broyden's rule), until the times at the fitted TPC counts match. Allowed
 * are 5 % on the whole device and 15 % elsewhere.
 */
export function calibrateLookAlikes(
  timer: LookAlikeTimer,
  profile: KernelProfile,
): LookAlikeCalibration {
  const counts = fittedCounts(profile, timer.tpcs);
  const groups = groupPositions(profile, counts);
  const fits = groups.map((group) => startFit(profile, group, timer));
  measureNothing(timer, fits, counts);
  for (const kind of KINDS) measureKind(timer, fits, counts, kind);
  for (let round = 0; round < ROUNDS; round++) {
    const open = fits.filter((fit) => round === 0 || fit.best.score > GOOD);
    if (open.length === 0) break;
    for (const fit of open) fit.work = step(fit, counts, round);
    const times = measure(
      timer,
      open,
      open.map((fit) => fit.work),
      counts,
    );
    open.forEach((fit, i) => {
      learn(fit, times[i] ?? [], counts);
    });
  }
  confirm(timer, fits, counts);
  return {
    schema: 'lithos/look-alikes@1',
    profile: profile.id,
    device: timer.device,
    kernels: timer.kernels,
    tpcCounts: counts,
    groups: fits.map(({ group, best, writtenShare: written }) => ({
      work: blockWork(best.work, written),
      targetNs: group.targetNs.map(Math.round),
      measuredNs: best.times.map(Math.round),
    })),
    group: groupOfPosition(profile, groups),
  };
}

/** Times with no work at all: launch latency, and what blocks cost that do nothing. */
function measureNothing(
  timer: LookAlikeTimer,
  fits: readonly Fit[],
  counts: readonly number[],
): void {
  const none = measure(
    timer,
    fits,
    fits.map(() => NONE),
    counts,
  );
  fits.forEach((fit, i) => {
    fit.empty = none[i] ?? [];
    fit.times = [...fit.empty];
    const reached = score(fit.group.targetNs, fit.empty);
    fit.best = { work: NONE, times: fit.empty, score: reached };
    fit.scale = firstGuess(fit, timer);
    fit.slope = counts.map(() => NONE);
  });
}

/** Rounds in which one kind of work is brought to the whole device's time. */
const KIND_ROUNDS = 2;

function measureKind(
  timer: LookAlikeTimer,
  fits: readonly Fit[],
  counts: readonly number[],
  kind: (typeof KINDS)[number],
): void {
  const whole = counts.length - 1;
  const amounts = fits.map((fit) => fit.scale[kind]);
  for (let round = 0; round < KIND_ROUNDS; round++) {
    const works = amounts.map((amount) => only(kind, amount));
    const times = measure(timer, fits, works, counts);
    fits.forEach((fit, i) => {
      const amount = amounts[i] ?? 1;
      const grown = counts.map((_, r) => (times[i]?.[r] ?? 0) - (fit.empty[r] ?? 0));
      fit.slope = fit.slope.map((row, r) => {
        const slope = Math.max(0, grown[r] ?? 0) / amount;
        return row.map((v, k) => (k === kind ? slope : v)) as unknown as Amounts;
      });
      fit.scale = fit.scale.map((v, k) => (k === kind ? amount : v)) as unknown as Amounts;
      keepBest(fit, only(kind, amount), times[i] ?? []);
      const missing = (fit.group.targetNs[whole] ?? 0) - (fit.empty[whole] ?? 0);
      const factor = missing / Math.max(1, grown[whole] ?? 0);
      amounts[i] = Math.max(1, Math.round(amount * Math.min(8, Math.max(0.1, factor))));
    });
  }
}

const only = (kind: number, amount: number): Amounts =>
  KINDS.map((k) => (k === kind ? amount : 0)) as unknown as Amounts;

/** Measures the chosen work three times more: the medians are the times that are reported. */
function confirm(timer: LookAlikeTimer, fits: readonly Fit[], counts: readonly number[]): void {
  const works = fits.map((fit) => fit.best.work);
  const runs = [0, 1, 2].map(() => measure(timer, fits, works, counts));
  fits.forEach((fit, i) => {
    const times = counts.map((_, r) => median(runs.map((run) => run[i]?.[r] ?? 0)));
    fit.best = { ...fit.best, times, score: score(fit.group.targetNs, times) };
  });
}

/** `result[fit][count]` in ns. */
function measure(
  timer: LookAlikeTimer,
  fits: readonly Fit[],
  works: readonly Amounts[],
  counts: readonly number[],
): number[][] {
  const kernels = fits.map((fit, i) => ({
    ...fit.shape,
    work: blockWork(works[i] ?? NONE, fit.writtenShare),
    start: (i * 7919 * 4096) % BUFFER_UNITS,
  }));
  const columns = counts.map((count, row) => {
    const repeats = fits.map((fit) => repeatsFor(fit.group.targetNs[row] ?? 0));
    return timer.time(kernels, repeats, count);
  });
  return fits.map((_, i) => columns.map((column) => column[i] ?? 0));
}

/** Launches per measurement: some 100 µs together, 3 to 16. */
const repeatsFor = (ns: number): number =>
  Math.min(16, Math.max(3, Math.ceil(100_000 / Math.max(1, ns))));

function groupOfPosition(profile: KernelProfile, groups: readonly PositionGroup[]): number[] {
  const result = new Array<number>(profile.sequence.length).fill(0);
  groups.forEach((group, i) => {
    for (const position of group.positions) result[position] = i;
  });
  return result;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
