import { type Ns, SEGMENT_NS, US } from '@lithos/core';
import { claim } from '../claims.ts';
import { closed, highPriority, iterationOf, scenarioOf, seconds, timeFor } from '../setup.ts';
import { groupBy, mean } from '../statistics.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunSpec } from '../types.ts';

const LAUNCHES = ['graph', 'stream'] as const;
/** What a submission costs the scheduler's thread: what is claimed of, among the costs swept. */
const CLAIMED_NS = 5 * US;
/** The paper has less than 10 us a launch; what ours costs on a GPU is in docs/hardware.md. */
const COSTS_NS = [1 * US, CLAIMED_NS, 10 * US] as const;
/** What a quick look covers: a small, a middling and a large model. */
const QUICK = ['resnet50-b1', 'bert-large-s384-b4', 'llama3-8b-prefill-t512'];

interface Case extends RunSpec {
  readonly profile: string;
  readonly launch: (typeof LAUNCHES)[number];
  /** Of a submission; `undefined` without LithOS. */
  readonly costNs: Ns | undefined;
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
    'Each submission costs the scheduler’s one thread 5 us, beside what the tenant’s own launch calls cost; swept: 1 and 10 us.',
    'Graphs are submitted in segments of up to 100 us, as on a GPU; launches into a stream one by one.',
  ],
  run,
};

async function run(context: ExperimentContext): Promise<Findings> {
  const profiles = context.profiles().filter((id) => context.profile(id).kind === 'inference');
  const cases = profiles
    .filter((id) => !context.quick || QUICK.includes(id))
    .flatMap((profile) =>
      LAUNCHES.flatMap((launch) =>
        [undefined, ...COSTS_NS].map((costNs) => caseOf(context, profile, launch, costNs)),
      ),
    );
  const done = await context.runs('models alone', cases);
  const rows = [...groupBy(done, ({ profile, launch }) => `${profile} ${launch}`).values()].flatMap(
    ([without, ...under]) => {
      const before = without?.result.tenants[0]?.latency_ms;
      if (without === undefined || before === undefined) return [];
      const slowdowns = under.map(({ result }) => {
        const after = result.tenants[0]?.latency_ms.mean ?? Number.NaN;
        return 100 * (after / before.mean - 1);
      });
      return [{ profile: without.profile, launch: without.launch, before: before.mean, slowdowns }];
    },
  );
  const claimed = COSTS_NS.indexOf(CLAIMED_NS);
  const at = (row: (typeof rows)[number]): number => row.slowdowns[claimed] ?? Number.NaN;
  const most = rows.reduce((a, b) => (at(b) > at(a) ? b : a));
  return {
    claims: [
      claim('slowdown_mean_pct', {
        paper: 4,
        unit: '%',
        better: 'lower',
        values: [mean(rows.map(at))],
        note: `at 5 us a submission; most ${at(most).toFixed(2)} % (${most.profile}, ${most.launch})`,
      }),
    ],
    tables: [
      {
        id: 'slowdown',
        title: 'Slowdown of a model alone, by what a submission costs the scheduler',
        columns: [
          { title: 'profile' },
          { title: 'launch' },
          { title: 'MPS ms', digits: 3 },
          ...COSTS_NS.map((ns) => ({ title: `at ${ns / US} us, %`, digits: 2 })),
        ],
        rows: rows.map((r) => [r.profile, r.launch, r.before, ...r.slowdowns]),
      },
    ],
    charts: [
      {
        kind: 'bars',
        id: 'slowdown',
        title: 'A model alone under LithOS, 5 us a submission',
        valueLabel: 'slowdown against MPS, %',
        references: [{ name: 'paper, mean', value: 4 }],
        categories: [...new Set(rows.map((r) => r.profile))],
        series: LAUNCHES.map((launch) => ({
          name: launch,
          values: rows.filter((r) => r.launch === launch).map(at),
        })),
      },
    ],
  };
}

function caseOf(
  context: ExperimentContext,
  profile: string,
  launch: (typeof LAUNCHES)[number],
  costNs: Ns | undefined,
): Case {
  const { iterationNs } = context.profile(profile);
  const durationNs = timeFor(context.quick ? 40 : 200, iterationNs, 1, [
    seconds(0.05),
    seconds(10),
  ]);
  const tenant = highPriority('model', iterationOf(profile, launch), closed());
  const scenario = scenarioOf(`${profile}-alone`, [tenant], durationNs);
  return {
    profile,
    launch,
    costNs,
    policy: costNs === undefined ? 'mps' : 'lithos',
    seed: context.seeds[0] ?? 1,
    scenario:
      costNs === undefined ? scenario : { ...scenario, segmentNs: SEGMENT_NS, dispatchNs: costNs },
  };
}
