import type { KernelProfile } from '@lithos/core';
import { dynamicPower, IDLE_W, limitedPower, limitedSlope } from './board-power.ts';
import type { PowerConstants } from './constants.ts';
import { measureTensorPerWork } from './tensor-work.ts';
import { meanTerms } from './terms.ts';

interface Sample {
  readonly terms: readonly number[];
  readonly powerW: number;
}

const ROUNDS = 14;
const SWEEPS = 3000;
/** Least slope and least relative residual in the weights: keeps rounds from running away. */
const LEAST_SLOPE = 0.15;
const LEAST_RESIDUAL = 0.02;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Least squares with coefficients of at least 0, by coordinate descent on the normal equations. */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): readonly number[] {
  const indexes = (rows[0] ?? []).map((_, i) => i);
  const at = (row: readonly number[], i: number): number => row[i] as number;
  const gram = indexes.map((i) => indexes.map((j) => sum(rows.map((r) => at(r, i) * at(r, j)))));
  const right = indexes.map((i) => sum(rows.map((r, k) => at(r, i) * at(targets, k))));
  const solution = indexes.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const i of indexes) {
      const row = gram[i] as readonly number[];
      if (at(row, i) <= 0) continue;
      const drawn = sum(indexes.map((j) => at(row, j) * at(solution, j)));
      solution[i] = Math.max(0, at(solution, i) + (at(right, i) - drawn) / at(row, i));
    }
  }
  return solution;
}

/**
 * Watts per term: non-negative, least mean relative error by reweighted least squares, through the
 * limit by Gauss-Newton steps; the best round is kept.
 */
function fitWatts(samples: readonly Sample[]): readonly number[] {
  let weights = samples.map((s) => 1 / s.powerW);
  let targets = samples.map((s) => s.powerW - IDLE_W);
  let best: readonly number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const watts = nonNegativeLeastSquares(
      samples.map((s, k) => s.terms.map((x) => x * (weights[k] as number))),
      targets.map((target, k) => target * (weights[k] as number)),
    );
    const steps = samples.map((s) => {
      const dynamic = dynamicPower(s.terms, watts);
      const missing = s.powerW - IDLE_W - limitedPower(dynamic);
      const slope = Math.max(limitedSlope(dynamic), LEAST_SLOPE);
      return { target: dynamic + missing / slope, slope, error: Math.abs(missing) / s.powerW };
    });
    const error = sum(steps.map((step) => step.error));
    if (error < least) {
      least = error;
      best = watts;
    }
    targets = steps.map((step) => step.target);
    weights = steps.map(
      (step, k) =>
        step.slope / (samples[k]?.powerW ?? 1) / Math.sqrt(Math.max(step.error, LEAST_RESIDUAL)),
    );
  }
  return best;
}

/** The power model's constants for some profiles: how `constants.ts` was made. */
export function fitPower(profiles: readonly KernelProfile[]): PowerConstants {
  const tensorPerWork = measureTensorPerWork(profiles);
  const wattsPerTerm = fitWatts(
    profiles.map((p) => ({ terms: meanTerms(p, tensorPerWork), powerW: p.meanPowerW })),
  );
  return { wattsPerTerm, tensorPerWork };
}
