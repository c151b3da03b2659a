import type { KernelProfile } from '@lithos/core';
import { type Amounts, correctedSlope, KINDS, nextWork } from './fit.ts';
import type { PositionGroup } from './groups.ts';
import {
  type BlockWork,
  type LookAlikeShape,
  profiledUnits,
  shapeOf,
  writtenShare,
} from './kernel.ts';
import type { TimedSms } from './timer.ts';

/** One group of launches whose work is searched for. */
export interface Fit {
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

/**
 * From this round on launches that are still off may use latency that is paid once: it hides behind
 * other work, so it makes the search harder, and few kernels need it.
 */
const LEAD_ROUND = 5;

/** A search that has measured nothing yet. */
export function startFit(profile: KernelProfile, group: PositionGroup, timer: TimedSms): Fit {
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

/** Keeps these amounts if they are the best so far; the next step starts from the best. */
export function keepBest(fit: Fit, work: Amounts, times: readonly number[]): void {
  const reached = score(fit.group.targetNs, times);
  if (reached < fit.best.score) fit.best = { work, times, score: reached };
  fit.work = fit.best.work;
  fit.times = [...fit.best.times];
}

/** Rough amounts, from an SM's issue rate (4 warps a cycle), 10 ns a chain turn, and 4 TB/s. */
export function firstGuess(fit: Fit, timer: TimedSms): Amounts {
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

/** What the counters tell of memory work is preferred, with a tenth of the weight of a time. */
const PRIOR = 0.1;

/** The amounts to try next, by the slopes so far. */
export function step(fit: Fit, counts: readonly number[], round: number): Amounts {
  const { targetNs } = fit.group;
  const whole = counts.length - 1;
  const wanted = targetNs[whole] ?? 1;
  const perUnit = fit.slope[whole]?.[2] ?? 0;
  const lead = round >= LEAD_ROUND && fit.best.score > 1;
  const next = nextWork({
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
  return rounded(next);
}

/** Takes in the times of `fit.work`: corrects the slopes. */
export function learn(fit: Fit, times: readonly number[], counts: readonly number[]): void {
  const from = fit.best;
  const moved = fit.work.map((v, i) => v - (from.work[i] ?? 0)) as unknown as Amounts;
  const changed = counts.map((_, r) => (times[r] ?? 0) - (from.times[r] ?? 0));
  fit.slope = correctedSlope(fit.slope, moved, changed, fit.scale).map(
    (row) => row.map((v) => Math.max(0, v)) as unknown as Amounts,
  );
  keepBest(fit, fit.work, times);
}

/** Allowed relative error: the last count is the whole device. */
const allowed = (row: number, rows: number): number => (row === rows - 1 ? 0.05 : 0.15);

/** The worst error over what is allowed; below 1 is within. The whole device counts double. */
export function score(targetNs: readonly number[], times: readonly number[]): number {
  const errors = targetNs.map((target, r) => {
    const error = Math.abs((times[r] ?? 0) / Math.max(1, target) - 1);
    return error / allowed(r, targetNs.length);
  });
  return Math.max(...errors) + 0.5 * (errors[errors.length - 1] ?? 0);
}

/** The memory work is one kind, of which a fixed share is written. */
export function blockWork([turns, chain, moved, lead]: Amounts, share: number): BlockWork {
  const writes = Math.round(moved * share);
  return { turns, chain, units: moved - writes, writes, lead };
}

export const NONE: Amounts = [0, 0, 0, 0];

/** Block arguments are 32-bit counts. */
const rounded = (work: Amounts): Amounts =>
  work.map((v) => Math.min(2 ** 31, Math.max(0, Math.round(v)))) as unknown as Amounts;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
