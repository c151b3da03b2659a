import { claim } from '../claims.ts';
import { closed, highPriority, iterationOf, scenarioOf, seconds, timeFor } from '../setup.ts';
import { groupBy, mean } from '../statistics.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunSpec } from '../types.ts';

const LAUNCHES = ['graph', 'stream'] as const;
/** What a quick look covers: a small, a middling and a large model. */
const QUICK = ['resnet50-b1', 'bert-large-s384-b4', 'llama3-8b-prefill-t512'];

interface Case extends RunSpec {
  readonly profile: string;
  readonly launch: (typeof LAUNCHES)[number];
}

/** A tenant alone under LithOS against the same tenant alone without it. */
export const overhead: ExperimentDefinition = {
  name: 'overhead',
  title: 'Overhead of LithOS on a tenant alone',
  description: 'each inference model alone under LithOS, against alone under MPS',
  section: '8.4',
  setup: [
    'Every inference profile alone in a closed loop of one, with all TPCs as its quota.',
    'Swept: each iteration launched as one CUDA graph, and kernel by kernel.',
    'No randomness, so one run each.',
    'What this can show is limited: decisions that hold a tenant up (the bound on outstanding work, TPC sets, right-sizing by mistake) cost simulated time, the scheduler’s own CPU time and its round trips to the device do not.',
  ],
  run,
};

async function run(context: ExperimentContext): Promise<Findings> {
  const profiles = context.profiles().filter((id) => context.profile(id).kind === 'inference');
  const cases = profiles
    .filter((id) => !context.quick || QUICK.includes(id))
    .flatMap((profile) =>
      LAUNCHES.flatMap((launch) =>
        ['mps', 'lithos'].map((policy) => caseOf(context, profile, launch, policy)),
      ),
    );
  const done = await context.runs('models alone', cases);
  const rows = [...groupBy(done, ({ profile, launch }) => `${profile} ${launch}`).values()].flatMap(
    ([without, under]) => {
      const [before, after] = [without, under].map((d) => d?.result.tenants[0]?.latency_ms);
      if (without === undefined || before === undefined || after === undefined) return [];
      return [
        {
          profile: without.profile,
          launch: without.launch,
          before: before.mean,
          after: after.mean,
          slowdown: 100 * (after.mean / before.mean - 1),
          tail: 100 * (after.p99 / before.p99 - 1),
        },
      ];
    },
  );
  const slowdowns = rows.map((row) => row.slowdown);
  const most = rows.reduce((a, b) => (b.slowdown > a.slowdown ? b : a));
  return {
    claims: [
      claim('slowdown_mean_pct', {
        paper: 4,
        unit: '%',
        better: 'lower',
        values: [mean(slowdowns)],
        note: `most ${most.slowdown.toFixed(2)} % (${most.profile}, ${most.launch}); the simulator charges no time for the scheduler itself`,
      }),
    ],
    tables: [
      {
        id: 'slowdown',
        title: 'Latency of a model alone',
        columns: [
          { title: 'profile' },
          { title: 'launch' },
          { title: 'MPS ms', digits: 3 },
          { title: 'LithOS ms', digits: 3 },
          { title: 'slowdown %', digits: 2 },
          { title: 'of P99 %', digits: 2 },
        ],
        rows: rows.map((r) => [r.profile, r.launch, r.before, r.after, r.slowdown, r.tail]),
      },
    ],
    charts: [
      {
        kind: 'bars',
        id: 'slowdown',
        title: 'A model alone under LithOS',
        valueLabel: 'slowdown against MPS, %',
        references: [{ name: 'paper, mean', value: 4 }],
        categories: [...new Set(rows.map((r) => r.profile))],
        series: LAUNCHES.map((launch) => ({
          name: launch,
          values: rows.filter((r) => r.launch === launch).map((r) => r.slowdown),
        })),
      },
    ],
  };
}

function caseOf(
  context: ExperimentContext,
  profile: string,
  launch: (typeof LAUNCHES)[number],
  policy: string,
): Case {
  const { iterationNs } = context.profile(profile);
  const durationNs = timeFor(context.quick ? 40 : 200, iterationNs, 1, [
    seconds(0.05),
    seconds(10),
  ]);
  const tenant = highPriority('model', iterationOf(profile, launch), closed());
  return {
    profile,
    launch,
    policy,
    seed: context.seeds[0] ?? 1,
    scenario: scenarioOf(`${profile}-alone`, [tenant], durationNs),
  };
}
