import { claim } from '../claims.ts';
import { PAIRS, type Pair, pairName, pairTime, serviceOf, trainingOf } from '../hybrid.ts';
import { scenarioOf } from '../setup.ts';
import { mean } from '../statistics.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunSpec } from '../types.ts';
import { byCase, type Measured, VARIANTS, type Variant } from './measure.ts';

const LOADS = [0.35, 0.6];
const QUICK_PAIRS = 2;

/** What each mechanism adds: tail latencies of a service beside a training job. */
export const ablation: ExperimentDefinition = {
  name: 'ablation',
  title: 'Ablation: tail latency beside training',
  description: 'P99 over ideal under MPS, with TPC scheduling only, and with atoms, too',
  section: '8.4, figure 20',
  setup: [
    'Hybrid stacking: a high-priority inference service (Poisson arrivals, quota: all TPCs) beside a best-effort training job (closed loop, quota 0), in five pairs that cover the models of the paper.',
    'Ideal is the same service with the same arrivals alone on the device. TPC scheduling only is LithOS with lithos.atomizer=off.',
    'Swept: loads of 35 % and 60 % of what the service does alone. The claims are means over pairs and loads.',
  ],
  run,
};

interface Case extends RunSpec {
  readonly pair: Pair;
  readonly share: number;
  readonly variant: Variant;
}

async function run(context: ExperimentContext): Promise<Findings> {
  const pairs = context.quick ? PAIRS.slice(0, QUICK_PAIRS) : PAIRS;
  const loads = context.quick ? LOADS.slice(0, 1) : LOADS;
  const cases = pairs.flatMap((pair) =>
    loads.flatMap((share) =>
      context.seeds.flatMap((seed) =>
        VARIANTS.map((variant) => caseOf(context, pair, share, seed, variant)),
      ),
    ),
  );
  const measured = byCase(await context.runs('pairs of tenants', cases));
  const perSeed = (ratio: (m: Measured) => number): readonly number[] =>
    context.seeds.map((seed) => mean(measured.filter((m) => m.seed === seed).map(ratio)));
  const atoms = mean(perSeed((m) => m.atoms));
  return {
    claims: [
      claim('mps', {
        paper: 5.83,
        unit: 'x ideal',
        better: 'higher',
        values: perSeed((m) => m.mps),
        threshold: atoms,
        note: 'what LithOS is compared with: met if LithOS has a lower tail; overloaded pairs grow with the length of the run',
      }),
      claim('tpc_scheduling', {
        paper: 1.38,
        unit: 'x ideal',
        better: 'lower',
        values: perSeed((m) => m.tpcs),
      }),
      claim('with_atomization', {
        paper: 1.19,
        unit: 'x ideal',
        better: 'lower',
        values: perSeed((m) => m.atoms),
      }),
    ],
    ...details(context, measured),
  };
}

function caseOf(
  context: ExperimentContext,
  pair: Pair,
  share: number,
  seed: number,
  variant: Variant,
): Case {
  const service = serviceOf(pair, share);
  const tenants = variant.alone ? [service] : [service, trainingOf(pair)];
  return {
    pair,
    share,
    seed,
    variant,
    policy: variant.policy,
    parameters: variant.parameters,
    scenario: scenarioOf(pairName(pair), tenants, pairTime(context, pair, share)),
  };
}

function details(
  context: ExperimentContext,
  measured: readonly Measured[],
): Pick<Findings, 'tables' | 'charts'> {
  const names = [...new Set(measured.map((m) => m.name))];
  const rows = names.map((name) => {
    const own = measured.filter((m) => m.name === name);
    const of = (value: (m: Measured) => number): number => mean(own.map(value));
    return {
      name,
      ideal: of((m) => m.idealMs),
      mps: of((m) => m.mps),
      tpcs: of((m) => m.tpcs),
      atoms: of((m) => m.atoms),
      training: of((m) => m.trainingPerS),
      trainingMps: of((m) => m.trainingMpsPerS),
    };
  });
  return {
    tables: [
      {
        id: 'pairs',
        title: `P99 of the service over ideal, mean of ${context.seeds.length} seeds`,
        columns: [
          { title: 'pair' },
          { title: 'ideal ms', digits: 2 },
          { title: 'MPS', digits: 2 },
          { title: 'TPCs only', digits: 2 },
          { title: 'with atoms', digits: 2 },
          { title: 'steps/s MPS', digits: 1 },
          { title: 'steps/s LithOS', digits: 1 },
        ],
        rows: rows.map((r) => [r.name, r.ideal, r.mps, r.tpcs, r.atoms, r.trainingMps, r.training]),
      },
    ],
    charts: [
      {
        kind: 'bars',
        id: 'pairs',
        title: 'Tail latency of a service beside training',
        valueLabel: 'P99 over ideal',
        references: [
          { name: 'ideal', value: 1 },
          { name: 'paper, with atoms', value: 1.19 },
        ],
        categories: names,
        series: [
          { name: 'MPS', values: rows.map((r) => r.mps) },
          { name: 'TPC scheduling only', values: rows.map((r) => r.tpcs) },
          { name: 'with atoms', values: rows.map((r) => r.atoms) },
        ],
      },
    ],
  };
}
