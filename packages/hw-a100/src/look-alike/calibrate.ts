import type { KernelProfile, SmLimits } from '@lithos/core';
import { BUFFER_UNITS, type LookAlikeCalibration } from './calibration.ts';
import { type Amounts, correctedSlope, KINDS, nextWork } from './fit.ts';
import { fittedCounts, groupPositions, type PositionGroup } from './groups.ts';
import {
  type BlockWork,
  type LookAlikeKernel,
  type LookAlikeShape,
  profiledUnits,
  shapeOf,
  writtenShare,
} from './kernel.ts';

/** Measures look-alikes. `deviceTimer` is the real one. */
export interface LookAlikeTimer {
  /** Names the device in the calibration. */
  readonly device: string;
  readonly sm: SmLimits;
  readonly sms: number;
  readonly tpcs: number;
  /**
   * Device time in ns of one launch of each kernel, on the first `tpcs` TPCs, launched back to back
   * `repeats` times each.
   */
  time(
    kernels: readonly LookAlikeKernel[],
    repeats: readonly number[],
    tpcs: number,
  ): readonly number[];
}

/** One group being fitted. */
interface Fit {
  readonly group: PositionGroup;
  readonly shape: LookAlikeShape;
  /** Units per block that the profile's counters tell, and the share of them that is written. */
  readonly priorUnits: number;
  readonly writtenShare: number;
  work: Amounts;
  /** ns at each count: with no work, and with `work`. */
  empty: readonly number[];
  times: number[];
  slope: Amounts[];
  scale: Amounts;
  best: { readonly work: Amounts; readonly times: readonly number[]; readonly score: number };
}

/** Rounds of measuring and correcting after the first guess. */
const ROUNDS = 8;

/**
 * From this round on launches that are still off may use latency that is paid once: it hides behind
 * other work, so it makes the search harder, and few kernels need it.
 */
const LEAD_ROUND = 5;

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
    for (const fit of open) fit.work = rounded(step(fit, counts, round));
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
    tpcCounts: counts,
    groups: fits.map(({ group, best, writtenShare: written }) => ({
      work: blockWork(best.work, written),
      targetNs: group.targetNs.map(Math.round),
      measuredNs: best.times.map(Math.round),
    })),
    group: groupOfPosition(profile, groups),
  };
}

function startFit(profile: KernelProfile, group: PositionGroup, timer: LookAlikeTimer): Fit {
  const kernel = profile.kernels[group.kernel];
  if (kernel === undefined) throw new Error(`profile ${profile.id} has no kernel ${group.kernel}`);
  const shape = shapeOf(kernel, timer.sm, timer.sms);
  const priorUnits = mean(group.positions.map((p) => profiledUnits(profile, p, shape.blocks)));
  const nothing = { work: NONE, times: [], score: Number.POSITIVE_INFINITY };
  const start = {
    work: NONE,
    empty: [],
    times: [],
    slope: [],
    scale: [1, 1, 1, 1] as const,
  };
  const written = mean(group.positions.map((p) => writtenShare(profile, p)));
  return { group, shape, priorUnits, writtenShare: written, ...start, best: nothing };
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

function keepBest(fit: Fit, work: Amounts, times: readonly number[]): void {
  const reached = score(fit.group.targetNs, times);
  if (reached < fit.best.score) fit.best = { work, times, score: reached };
  fit.work = fit.best.work;
  fit.times = [...fit.best.times];
}

/** Rough amounts, from an SM's issue rate (4 warps a cycle), 10 ns a chain turn, and 4 TB/s. */
function firstGuess(fit: Fit, timer: LookAlikeTimer): Amounts {
  const { blocks, threads } = fit.shape;
  const last = fit.group.targetNs.length - 1;
  const ns = Math.max(500, (fit.group.targetNs[last] ?? 0) - (fit.times[last] ?? 0));
  const warps = Math.ceil(threads / 32);
  const perSm = Math.max(1, blocks / timer.sms);
  // A turn takes a warp's scheduler 9 cycles, of the SM's four.
  const turnNs = Math.max(5 / warps, 1.15 * perSm);
  const bytesPerNs = Math.min(4000, 100 * blocks);
  return [
    Math.max(1, Math.round(ns / turnNs)),
    Math.max(1, Math.round(ns / 10 / Math.max(1, perSm / 16))),
    Math.max(1, Math.round((ns * bytesPerNs) / blocks / 16)),
    Math.max(1, Math.round(ns / 10)),
  ];
}

/** Amounts of memory work that the counters tell are preferred, with a tenth of the weight of a time. */
const PRIOR = 0.1;

function step(fit: Fit, counts: readonly number[], round: number): Amounts {
  const { targetNs } = fit.group;
  const whole = counts.length - 1;
  const wanted = targetNs[whole] ?? 1;
  const perUnit = fit.slope[whole]?.[2] ?? 0;
  const lead = round >= LEAD_ROUND && fit.best.score > 1;
  return nextWork({
    kinds: lead ? KINDS : [0, 1, 2],
    at: fit.work,
    slope: fit.slope,
    missing: targetNs.map((target, r) => target - (fit.times[r] ?? 0)),
    weight: targetNs.map((target, r) => 1 / (allowed(r, targetNs.length) * target)),
    prior: [0, 0, fit.priorUnits, 0],
    // Enough to decide between the other two where the times do not.
    pull: [
      1e-3 / fit.scale[0],
      1e-3 / fit.scale[1],
      (PRIOR * perUnit) / (allowed(whole, targetNs.length) * wanted) + 1e-9,
      1e-3 / fit.scale[3],
    ],
  });
}

function learn(fit: Fit, times: readonly number[], counts: readonly number[]): void {
  const from = fit.best;
  const moved = fit.work.map((v, i) => v - (from.work[i] ?? 0)) as unknown as Amounts;
  const changed = counts.map((_, r) => (times[r] ?? 0) - (from.times[r] ?? 0));
  fit.slope = correctedSlope(fit.slope, moved, changed, fit.scale).map(
    (row) => row.map((v) => Math.max(0, v)) as unknown as Amounts,
  );
  // The next step starts from the best so far.
  keepBest(fit, fit.work, times);
}

/** Measures the chosen work once more, longer: these are the times that are reported. */
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

/** Allowed relative error: the last count is the whole device. */
const allowed = (row: number, rows: number): number => (row === rows - 1 ? 0.05 : 0.15);

/** The worst error over what is allowed; below 1 is within. The whole device counts double. */
function score(targetNs: readonly number[], times: readonly number[]): number {
  const errors = targetNs.map((target, r) => {
    const error = Math.abs((times[r] ?? 0) / Math.max(1, target) - 1);
    return error / allowed(r, targetNs.length);
  });
  return Math.max(...errors) + 0.5 * (errors[errors.length - 1] ?? 0);
}

function groupOfPosition(profile: KernelProfile, groups: readonly PositionGroup[]): number[] {
  const result = new Array<number>(profile.sequence.length).fill(0);
  groups.forEach((group, i) => {
    for (const position of group.positions) result[position] = i;
  });
  return result;
}

/** The memory work is one kind, of which a fixed share is written. */
function blockWork([turns, chain, moved, lead]: Amounts, share: number): BlockWork {
  const writes = Math.round(moved * share);
  return { turns, chain, units: moved - writes, writes, lead };
}

const NONE: Amounts = [0, 0, 0, 0];

/** Block arguments are 32-bit counts. */
const rounded = (work: Amounts): Amounts =>
  work.map((v) => Math.min(2 ** 31, Math.max(0, Math.round(v)))) as unknown as Amounts;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
