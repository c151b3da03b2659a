import { mkdirSync } from 'node:fs';
import type { Ns } from '@lithos/core';
import type { RecordLevel } from '../record/manifest.ts';
import type { CompareResult, RunResult } from '../results.ts';
import type { Scenario } from '../scenario-types.ts';
import { type Job, runFolder } from './jobs.ts';
import { type Performer, performAll } from './pool.ts';

export interface CompareOptions {
  readonly scenario: Scenario;
  readonly policies: readonly string[];
  /** Each policy runs once with each of these. */
  readonly seeds: readonly number[];
  /** Overrides of policy parameters, by policy. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Runs at a time. */
  readonly jobs: number;
  /** Folder that gets one folder per run; `undefined`, as `record: 'none'`, writes no records. */
  readonly outDir: string | undefined;
  readonly record: RecordLevel;
  /** Skip unsound trace rows instead of refusing the file. */
  readonly lenient?: boolean;
  /** How long each tenant is watched alone; `undefined` as long as is usual. */
  readonly aloneNs?: Ns;
  /** Runs elsewhere than on the simulator. */
  readonly hardware?: Performer;
  readonly signal?: AbortSignal;
  /** Told what makes figures less than they seem. */
  onWarning?(text: string): void;
  /** @param share of all the work, 0 to 1 @param what is going on, in a few words */
  onProgress?(share: number, what: string): void;
}

/** Weight of measuring one tenant alone, against one run, in progress reports. */
const SOLO_WEIGHT = 0.15;

/** Says which tenants ended nothing alone, so that no figure can relate to it. */
function warnOfNoRate(
  { tenants }: Scenario,
  solo: readonly number[],
  { onWarning }: CompareOptions,
): void {
  tenants.forEach(({ name }, i) => {
    if (solo[i] !== 0) return;
    onWarning?.(
      `tenant '${name}' ends no request in the time that it is watched alone: what relates to that is 0; watch it longer with --alone`,
    );
  });
}

/** Runs a scenario under several policies and seeds, after measuring what each tenant does alone. */
export async function compare(options: CompareOptions): Promise<CompareResult> {
  const { scenario, policies, seeds, outDir, signal, aloneNs } = options;
  const lenient = options.lenient ?? false;
  const runs = policies.flatMap((policy) => seeds.map((seed) => ({ policy, seed })));
  const soloWeight = SOLO_WEIGHT * scenario.tenants.length;
  const total = soloWeight + runs.length;
  const { hardware } = options;
  const pool = {
    jobs: options.jobs,
    ...(signal && { signal }),
    ...(hardware && { perform: hardware }),
  };

  const soloDone = scenario.tenants.map(() => 0);
  const soloJobs: Job[] = scenario.tenants.map((_, tenant) => ({
    kind: 'solo',
    scenario,
    tenant,
    lenient,
    ...(aloneNs !== undefined && { watchNs: aloneNs }),
  }));
  const solo = (
    await performAll(soloJobs, {
      ...pool,
      onProgress: (job, share) => {
        soloDone[job] = share;
        options.onProgress?.((SOLO_WEIGHT * sum(soloDone)) / total, 'each tenant alone');
      },
    })
  ).map((result) => (result?.kind === 'solo' ? result.perS : 0));
  if (!signal?.aborted) warnOfNoRate(scenario, solo, options);

  const done = runs.map(() => 0);
  const jobs: Job[] = runs.map(({ policy, seed }) => {
    const isRecorded = outDir !== undefined && options.record !== 'none';
    const runDir = isRecorded ? runFolder(outDir, policy, seed) : undefined;
    if (runDir !== undefined) mkdirSync(runDir, { recursive: true });
    return {
      kind: 'run',
      scenario,
      policy,
      seed,
      parameters: options.parameters?.[policy] ?? {},
      solo,
      lenient,
      record: options.record,
      runDir,
    };
  });
  const results = await performAll(jobs, {
    ...pool,
    onProgress: (job, share) => {
      done[job] = share;
      const active = runs.filter((_, i) => (done[i] as number) > 0 && (done[i] as number) < 1);
      const names = [...new Set(active.map((r) => r.policy))].join(', ');
      options.onProgress?.((soloWeight + sum(done)) / total, names);
    },
  });
  return {
    schema: 'lithos/compare@1',
    scenario: scenario.name,
    device: scenario.device,
    backend: hardware === undefined ? 'sim' : 'hw',
    runs: results.flatMap((r): RunResult[] => (r?.kind === 'run' ? [r.result] : [])),
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
