import { claim } from '../claims.ts';
import { groupBy, mean } from '../statistics.ts';
import type {
  Claim,
  ExperimentContext,
  ExperimentDefinition,
  Findings,
  RunOutcome,
} from '../types.ts';
import { type Stack, stacksOf } from './stacks.ts';

/** How well the latency of atoms is predicted. */
export const prediction: ExperimentDefinition = {
  name: 'prediction',
  title: 'Accuracy of latency prediction',
  description: 'predictions that are off by more than 50 us, by class of tenant',
  section: '8.4',
  setup: [
    'Every atom of every tenant after the warm-up: its predicted duration against what it took, from its first block to its last.',
    'Inference stacking: an open-loop service (35 % load, 75 % of the TPCs), a closed-loop high-priority job (25 %) and a best-effort job in four stacks, one of them with an LLM server under generated conversations. Hybrid stacking: the five pairs of the ablation at 35 % load.',
    'The paper has two figures of each kind and does not say which stacking each is of; ours are set against them in the order inference, hybrid. Claims are means over stacks.',
  ],
  run,
};

interface Errors {
  readonly stack: Stack;
  readonly seed: number;
  readonly class: 'hp' | 'be';
  readonly predictions: number;
  readonly mispredictedPct: number;
  readonly meanUs: number;
  readonly p99Us: number;
}

async function run(context: ExperimentContext): Promise<Findings> {
  const cases = stacksOf(context).flatMap((stack) =>
    context.seeds.map((seed) => ({
      stack,
      seed,
      policy: 'lithos',
      scenario: stack.scenario,
      probed: true,
    })),
  );
  const errors = (await context.runs('stacks of tenants', cases)).flatMap(errorsOf);
  return { claims: claimsOf(context, errors), ...details(errors) };
}

/** One figure per class; the P99 of a class is that of its worst tenant. */
function errorsOf(done: RunOutcome & { readonly stack: Stack; readonly seed: number }): Errors[] {
  const tenants = done.probe?.tenants.map((probe, i) => ({
    ...probe,
    class: done.stack.scenario.tenants[i]?.class ?? 'hp',
  }));
  return [...groupBy(tenants ?? [], (t) => t.class).entries()].map(([kind, own]) => {
    const sum = (key: 'predictions' | 'mispredicted'): number =>
      own.reduce((total, t) => total + t[key], 0);
    const predictions = sum('predictions');
    const weighted = own.reduce((total, t) => total + t.errorMeanUs * t.predictions, 0);
    return {
      stack: done.stack,
      seed: done.seed,
      class: kind,
      predictions,
      mispredictedPct: (100 * sum('mispredicted')) / Math.max(1, predictions),
      meanUs: weighted / Math.max(1, predictions),
      p99Us: Math.max(...own.map((t) => t.errorP99Us)),
    };
  });
}

function claimsOf(context: ExperimentContext, errors: readonly Errors[]): readonly Claim[] {
  const one = (
    id: string,
    paper: number,
    unit: string,
    kind: Stack['kind'],
    owner: Errors['class'],
    value: (e: Errors) => number,
  ): Claim => {
    const own = errors.filter((e) => e.stack.kind === kind && e.class === owner);
    const values = context.seeds.map((seed) => mean(own.filter((e) => e.seed === seed).map(value)));
    return claim(id, { paper, unit, better: 'lower', values });
  };
  const share = (e: Errors): number => e.mispredictedPct;
  const tail = (e: Errors): number => e.p99Us;
  return [
    one('hp_mispredicted_pct', 0.9, '%', 'inference', 'hp', share),
    one('hp_p99_error_us', 49, 'us', 'inference', 'hp', tail),
    one('be_mispredicted_pct', 14, '%', 'inference', 'be', share),
    one('hp_mispredicted_hybrid_pct', 0.38, '%', 'hybrid', 'hp', share),
    one('hp_p99_error_hybrid_us', 31, 'us', 'hybrid', 'hp', tail),
    one('be_mispredicted_hybrid_pct', 11, '%', 'hybrid', 'be', share),
  ];
}

function details(errors: readonly Errors[]): Pick<Findings, 'tables' | 'charts'> {
  const rows = [...groupBy(errors, (e) => `${e.stack.name} ${e.class}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const of = (value: (e: Errors) => number): number => mean(own.map(value));
    return [
      {
        ...first,
        predictions: of((e) => e.predictions),
        mispredictedPct: of((e) => e.mispredictedPct),
        meanUs: of((e) => e.meanUs),
        p99Us: of((e) => e.p99Us),
      },
    ];
  });
  const names = [...new Set(rows.map((r) => r.stack.name))];
  const series = (owner: Errors['class']): readonly (number | undefined)[] =>
    names.map(
      (name) => rows.find((r) => r.stack.name === name && r.class === owner)?.mispredictedPct,
    );
  return {
    tables: [
      {
        id: 'stacks',
        title: 'Errors of prediction by stack and class',
        columns: [
          { title: 'stack' },
          { title: 'kind' },
          { title: 'class' },
          { title: 'atoms', digits: 0 },
          { title: 'off by > 50 us %', digits: 3 },
          { title: 'mean us', digits: 2 },
          { title: 'P99 us', digits: 1 },
        ],
        rows: rows.map((r) => [
          r.stack.name,
          r.stack.kind,
          r.class,
          r.predictions,
          r.mispredictedPct,
          r.meanUs,
          r.p99Us,
        ]),
      },
    ],
    charts: [
      {
        kind: 'bars',
        id: 'stacks',
        title: 'Predictions that are off by more than 50 us',
        valueLabel: 'share of atoms, %',
        references: [
          { name: 'paper, high-priority', value: 0.9 },
          { name: 'paper, best-effort', value: 14 },
        ],
        categories: names,
        series: [
          { name: 'high-priority', values: series('hp') },
          { name: 'best-effort', values: series('be') },
        ],
      },
    ],
  };
}
