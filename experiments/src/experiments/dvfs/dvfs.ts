import {
  type Comparison,
  closedLoops,
  compareAlone,
  openLoops,
  perS,
  throughputLoss,
} from '../alone.ts';
import { claim } from '../claims.ts';
import { seconds } from '../setup.ts';
import { mean } from '../statistics.ts';
import { p99IncreaseBySeed, p99Note, tailTable } from '../tails.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunOutcome } from '../types.ts';

const PARAMETERS = { power: 1 };
/** The clock settles within some ten decisions. */
const LEARNING_S = 3;
const WATCHED_S = 3;
/** An open loop needs more requests for a P99. */
const WATCHED_OPEN_S = 6;
const QUICK_WATCHED_S = 0.5;

/** Energy saved by lowering the SM clock as far as the slip allows. */
export const dvfs: ExperimentDefinition = {
  name: 'dvfs',
  title: 'Transparent power management',
  description: 'energy saved by lowering the SM clock within a slip of 1.1',
  section: '8.3',
  setup: [
    'Every profile alone under LithOS with all TPCs as its quota, with the power governor (slip 1.1, the default of lithos.power.slip) and at the greatest clock.',
    'Energy is that of one iteration in a closed loop: mean board power over throughput, the paper’s energy for a fixed amount of work. The first 3 s are for learning.',
    'P99 is the mean over a sweep of arrivals: the closed loops, and one service per model in open loops (Poisson) at 35 % and at 60 % of what it does alone at the greatest clock.',
  ],
  run,
};

async function run(context: ExperimentContext): Promise<Findings> {
  const comparisons = await compareAlone(context, {
    parameters: PARAMETERS,
    timing: (_, share) => {
      const watched = share === undefined ? WATCHED_S : WATCHED_OPEN_S;
      const watchedS = context.quick ? QUICK_WATCHED_S : watched;
      return [seconds(LEARNING_S + watchedS), seconds(LEARNING_S)];
    },
  });
  const alone = closedLoops(comparisons);
  const services = openLoops(comparisons);
  const saved = alone.map(energySaved);
  const [first] = alone;
  const best = alone.reduce(
    (a, b) => (energySaved(b) > energySaved(a) ? b : a),
    first as Comparison,
  );
  return {
    claims: [
      claim('energy_saved_mean_pct', {
        paper: 26,
        unit: '%',
        better: 'higher',
        values: [mean(saved)],
      }),
      claim('energy_saved_max_pct', {
        paper: 46,
        unit: '%',
        better: 'higher',
        values: [energySaved(best)],
        note: best.profile,
      }),
      claim('p99_increase_pct', {
        paper: 7,
        unit: '%',
        better: 'lower',
        values: p99IncreaseBySeed(context, comparisons),
        note: p99Note(comparisons),
      }),
    ],
    tables: [energyTable(alone), tailTable(services, energySaved)],
    charts: [
      {
        kind: 'bars',
        id: 'energy',
        title: 'Energy saved by the power governor, slip 1.1',
        valueLabel: 'energy per iteration saved, %',
        references: [
          { name: 'paper, mean', value: 26 },
          { name: 'paper, most', value: 46 },
        ],
        categories: alone.map((c) => c.profile),
        series: [{ name: 'saved', values: saved }],
      },
    ],
  };
}

function energyTable(alone: readonly Comparison[]): Findings['tables'][number] {
  return {
    id: 'energy',
    title: 'Energy per iteration, closed loops',
    columns: [
      { title: 'profile' },
      { title: 'power off W', digits: 0 },
      { title: 'power on W', digits: 0 },
      { title: 'clock MHz', digits: 0 },
      { title: 'J off', digits: 3 },
      { title: 'J on', digits: 3 },
      { title: 'saved %', digits: 1 },
      { title: 'throughput loss %', digits: 2 },
    ],
    rows: alone.map((c) => [
      c.profile,
      c.off.probe?.meanPowerW,
      c.on.probe?.meanPowerW,
      c.on.probe?.meanSmMhz,
      joules(c.off),
      joules(c.on),
      energySaved(c),
      throughputLoss(c),
    ]),
  };
}

/** Energy of one iteration. */
const joules = (outcome: RunOutcome): number =>
  (outcome.probe?.meanPowerW ?? 0) / (perS(outcome) || 1);

const energySaved = ({ off, on }: Comparison): number => 100 * (1 - joules(on) / joules(off));
