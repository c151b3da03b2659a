import { closedLoops, compareAlone, openLoops, p99Increase, throughputLoss } from '../alone.ts';
import { claim } from '../claims.ts';
import { seconds, timeFor } from '../setup.ts';
import { mean } from '../statistics.ts';
import { p99IncreaseBySeed, p99Note } from '../tails.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunOutcome } from '../types.ts';
import { fitR2 } from './fit.ts';
import { rightSizingDetails } from './tables.ts';

const PARAMETERS = { 'right-sizing': 1 };

/** The fewest TPCs per kernel that keep a model within its slip. */
export const rightSizing: ExperimentDefinition = {
  name: 'right-sizing',
  title: 'Hardware right-sizing',
  description: 'TPCs saved by giving each kernel as few as keep it within a slip of 1.1',
  section: '8.2',
  setup: [
    'Every profile alone under LithOS in a closed loop with all TPCs as its quota, with right-sizing (slip 1.1, the default of lithos.right-sizing.slip) and without. Capacity is the mean number of TPCs held, weighted by time; throughput loss is of the same runs. The first 40 % of each run are for learning.',
    'P99 is the mean over a sweep of arrivals: the closed loops, and one service per model in open loops (Poisson) at 35 % and at 60 % of what it does alone.',
    'The fit is l(t) = m/t + b through the times on one TPC and on all, against the times on all TPC counts, weighted by time.',
  ],
  run,
};

const LEARNING_SHARE = 0.4;

async function run(context: ExperimentContext): Promise<Findings> {
  const comparisons = await compareAlone(context, {
    parameters: PARAMETERS,
    timing: (profile, share) => {
      const { iterationNs } = context.profile(profile);
      const durationNs = timeFor(context.quick ? 120 : 400, iterationNs, share ?? 1, [
        seconds(0.2),
        seconds(context.quick ? 2 : 12),
      ]);
      return [durationNs, Math.round(durationNs * LEARNING_SHARE)];
    },
  });
  const alone = closedLoops(comparisons).map((c) => ({
    profile: c.profile,
    held: tpcsHeld(c.on),
    saved: 100 * (1 - tpcsHeld(c.on) / tpcsHeld(c.off)),
    work: 100 * (1 - tpcTime(c.on) / tpcTime(c.off)),
    loss: throughputLoss(c),
    tail: p99Increase(c),
    r2: fitR2(context.profile(c.profile)),
  }));
  const services = openLoops(comparisons);
  const saved = alone.map((a) => a.saved);
  const best = alone.reduce((a, b) => (b.saved > a.saved ? b : a));
  return {
    claims: [
      claim('capacity_saved_mean_pct', {
        paper: 26,
        unit: '%',
        better: 'higher',
        values: [mean(saved)],
      }),
      claim('capacity_saved_max_pct', {
        paper: 51,
        unit: '%',
        better: 'higher',
        values: [best.saved],
        note: best.profile,
      }),
      claim('p99_increase_pct', {
        paper: 4,
        unit: '%',
        better: 'lower',
        values: p99IncreaseBySeed(context, comparisons),
        note: p99Note(comparisons),
      }),
      claim('throughput_loss_pct', {
        paper: 4,
        unit: '%',
        better: 'lower',
        values: [mean(alone.map((a) => a.loss))],
      }),
      claim('fit_r2_mean', {
        paper: 0.92,
        unit: 'R²',
        better: 'higher',
        values: [mean(alone.map((a) => a.r2))],
        note: `by model: paper 0.92 to 0.99, ours ${range(alone.map((a) => a.r2))}`,
      }),
    ],
    ...rightSizingDetails(alone, services),
  };
}

/** TPCs held while the tenant has something on the device. */
function tpcsHeld({ probe }: RunOutcome): number {
  const [tenant] = probe?.tenants ?? [];
  return tenant === undefined ? 0 : tenant.tpcNs / tenant.busyNs;
}

/** TPC-time of one iteration. */
function tpcTime({ probe, result }: RunOutcome): number {
  return (probe?.tenants[0]?.tpcNs ?? 0) / (result.tenants[0]?.throughput_per_s ?? 1);
}

const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
