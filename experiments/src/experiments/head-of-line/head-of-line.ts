import { MS } from '@lithos/core';
import { claim } from '../claims.ts';
import {
  bestEffort,
  highPriority,
  iterationOf,
  launchesOf,
  load,
  scenarioOf,
  seconds,
  TPCS,
  tpcsOf,
} from '../setup.ts';
import { mean } from '../statistics.ts';
import type { ExperimentContext, ExperimentDefinition, Findings, RunSpec } from '../types.ts';
import { type Blocked, byQuota, summary } from './measure.ts';

const SERVICE = 'resnet50-b1';
const LOAD = 0.3;
const QUOTAS = [0.5, 0.75];
/** Best-effort jobs by the length of their longest kernel. */
const JOBS = [
  'bert-large-s384-b8',
  'resnet50-train-b32',
  'retinanet-b4',
  'vgg19-train-b32',
  'llama3-8b-prefill-t2048',
];

/** Does a long best-effort kernel make a latency-critical service wait? */
export const headOfLine: ExperimentDefinition = {
  name: 'head-of-line',
  title: 'Head-of-line blocking',
  description:
    'P95 of a service beside best-effort kernels of growing length, with atoms and without',
  section: '8.4, figure 21',
  setup: [
    'A latency-critical ResNet-50 service of batch 1 (Poisson arrivals at 30 % of what it does alone) beside a best-effort closed loop, whose longest kernel grows from job to job. The paper grows the batch of a training job; its models and batches are not known.',
    'Ideal is the service alone, confined to its quota (policy mps-limits), with the same arrivals. Without atoms is lithos.atomizer=off.',
    'Swept: a quota of 50 % and of 75 % of the TPCs, five best-effort jobs. The claim is the worst of all, the cost in throughput the mean.',
  ],
  run,
};

interface Case extends RunSpec {
  readonly quota: number;
  /** `undefined` for the ideal. */
  readonly job: string | undefined;
  readonly atoms: boolean;
}

async function run(context: ExperimentContext): Promise<Findings> {
  const quotas = context.quick ? QUOTAS.slice(1) : QUOTAS;
  const jobs = context.quick ? JOBS.slice(1, 4) : JOBS;
  const cases = quotas.flatMap((quota) =>
    context.seeds.flatMap((seed) => [
      caseOf(context, quota, seed, undefined, true),
      ...jobs.flatMap((job) =>
        [true, false].map((atoms) => caseOf(context, quota, seed, job, atoms)),
      ),
    ]),
  );
  const blocked = byQuota(await context.runs('a service beside others', cases));
  const perSeed = (value: (own: readonly Blocked[]) => number): readonly number[] =>
    context.seeds.map((seed) => value(blocked.filter((b) => b.seed === seed)));
  const rows = summary(blocked);
  const worst = rows.reduce((a, b) => (b.withAtoms > a.withAtoms ? b : a));
  const training = rows.filter((r) => context.profile(r.job).kind === 'training');
  const worstTraining = 100 * (Math.max(...training.map((r) => r.withAtoms)) - 1);
  return {
    claims: [
      claim('p95_over_ideal_pct', {
        paper: 14,
        unit: '%',
        better: 'lower',
        values: perSeed((own) => Math.max(...own.map((b) => 100 * (b.withAtoms - 1)))),
        note: `worst of all jobs and quotas: ${worst.job} at ${percent(worst.quota)}; worst of the training jobs ${worstTraining.toFixed(1)} %`,
      }),
      claim('be_throughput_cost_pct', {
        paper: 10,
        unit: '%',
        better: 'lower',
        values: perSeed((own) => mean(own.map((b) => b.costPct))),
        note: 'mean over jobs and quotas',
      }),
    ],
    ...details(context, blocked),
  };
}

function caseOf(
  context: ExperimentContext,
  quota: number,
  seed: number,
  job: string | undefined,
  atoms: boolean,
): Case {
  const service = highPriority('service', iterationOf(SERVICE), load(LOAD), tpcsOf(quota));
  const tenants = job === undefined ? [service] : [service, bestEffort('job', iterationOf(job))];
  return {
    quota,
    seed,
    job,
    atoms,
    policy: job === undefined ? 'mps-limits' : 'lithos',
    parameters: job === undefined ? {} : { atomizer: atoms ? 1 : 0 },
    scenario: scenarioOf('head-of-line', tenants, seconds(context.quick ? 1 : 8)),
  };
}

function details(
  context: ExperimentContext,
  blocked: readonly Blocked[],
): Pick<Findings, 'tables' | 'charts'> {
  const rows = summary(blocked);
  const longest = (job: string): number =>
    Math.max(...launchesOf(context.profile(job)).map((l) => l.durationNs[TPCS] ?? 0)) / MS;
  const quotas = [...new Set(rows.map((r) => r.quota))];
  const lines = (name: string, quota: number, value: (r: (typeof rows)[number]) => number) => ({
    name: `${name}, quota ${percent(quota)}`,
    points: rows
      .filter((r) => r.quota === quota)
      .map((r) => [longest(r.job), 100 * (value(r) - 1)] as const)
      .sort(([a], [b]) => a - b),
  });
  return {
    tables: [
      {
        id: 'jobs',
        title: `P95 of the service over ideal, mean of ${context.seeds.length} seeds`,
        columns: [
          { title: 'quota' },
          { title: 'best-effort job' },
          { title: 'longest kernel ms', digits: 2 },
          { title: 'ideal ms', digits: 3 },
          { title: 'with atoms', digits: 3 },
          { title: 'without', digits: 3 },
          { title: 'iterations/s with', digits: 2 },
          { title: 'without', digits: 2 },
          { title: 'cost %', digits: 1 },
        ],
        rows: rows.map((r) => [
          percent(r.quota),
          r.job,
          longest(r.job),
          r.idealMs,
          r.withAtoms,
          r.without,
          r.perS,
          r.perSWithout,
          r.costPct,
        ]),
      },
    ],
    charts: [
      {
        kind: 'lines',
        id: 'p95',
        title: 'P95 of a service beside longer and longer kernels',
        xLabel: 'longest best-effort kernel on the whole device, ms',
        valueLabel: 'P95 above ideal, %',
        references: [{ name: 'paper, with atoms', value: 14 }],
        series: quotas.flatMap((quota) => [
          lines('with atoms', quota, (r) => r.withAtoms),
          lines('without', quota, (r) => r.without),
        ]),
      },
    ],
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
