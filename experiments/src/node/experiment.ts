import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPolicy, resolveParameters } from '@lithos/core';
import { listProfiles, loadProfile } from '@lithos/traces/node';
import type {
  ExperimentContext,
  ExperimentDefinition,
  ExperimentResult,
  Findings,
  RunOutcome,
  RunSpec,
} from '../experiments/types.ts';
import { experimentFiles } from '../report/experiment-files.ts';
import type { Scenario } from '../scenario-types.ts';
import type { Job, JobResult } from './jobs.ts';
import { performAll } from './pool.ts';

export interface ExperimentOptions {
  readonly quick: boolean;
  readonly seeds: readonly number[];
  /** Runs at a time. */
  readonly jobs: number;
  readonly signal?: AbortSignal;
  /** @param share of the present batch of runs, 0 to 1 @param what it is */
  onProgress?(share: number, what: string): void;
}

/** Runs an experiment; `undefined` if it was interrupted, as half of one shows nothing. */
export async function runExperiment(
  definition: ExperimentDefinition,
  options: ExperimentOptions,
): Promise<{ readonly result: ExperimentResult; readonly findings: Findings } | undefined> {
  const { quick, seeds, signal } = options;
  try {
    const findings = await definition.run(new PoolContext(options));
    const { claims } = findings;
    return {
      findings,
      result: { schema: 'lithos/experiment@1', name: definition.name, quick, seeds, claims },
    };
  } catch (error) {
    if (error instanceof Interrupted && signal?.aborted) return undefined;
    throw error;
  }
}

/** Writes the claims, the tables and the charts of an experiment into a folder. */
export function writeExperiment(
  folder: string,
  definition: ExperimentDefinition,
  result: ExperimentResult,
  findings: Findings,
): void {
  for (const [name, text] of experimentFiles(definition, result, findings)) {
    writeFileSync(join(folder, name), text);
  }
}

class Interrupted extends Error {}

/** Runs go through the pool of worker threads. */
class PoolContext implements ExperimentContext {
  readonly quick: boolean;
  readonly seeds: readonly number[];
  private readonly options: ExperimentOptions;
  /** Requests per second alone, by device and workload. */
  private readonly solo = new Map<string, number>();

  constructor(options: ExperimentOptions) {
    this.options = options;
    this.quick = options.quick;
    this.seeds = options.seeds;
  }

  profile(id: string): ReturnType<typeof loadProfile> {
    return loadProfile(id);
  }

  profiles(): readonly string[] {
    return listProfiles();
  }

  async runs<T extends RunSpec>(
    what: string,
    specs: readonly T[],
  ): Promise<readonly (T & RunOutcome)[]> {
    for (const { policy, parameters } of specs) {
      resolveParameters(findPolicy(policy), parameters ?? {});
    }
    await this.measureSolo(specs);
    const jobs = specs.map(
      ({ scenario, policy, seed, parameters, probed }): Job => ({
        kind: 'run',
        scenario,
        policy,
        seed,
        parameters: parameters ?? {},
        solo: scenario.tenants.map((_, i) => this.solo.get(soloKey(scenario, i)) ?? 0),
        lenient: false,
        record: 'none',
        runDir: undefined,
        probed: probed ?? false,
      }),
    );
    const results = await this.perform(what, jobs);
    return specs.map((spec, i) => {
      const outcome = results[i];
      if (outcome?.kind !== 'run' || outcome.result.exit !== 'complete') throw new Interrupted();
      const { result, probe } = outcome;
      return { ...spec, result, ...(probe && { probe }) };
    });
  }

  /** Measures what tenants do alone whose arrivals are stated as a share of it. */
  private async measureSolo(specs: readonly RunSpec[]): Promise<void> {
    const wanted = new Map<string, Job>();
    for (const { scenario } of specs) {
      scenario.tenants.forEach(({ arrivals }, tenant) => {
        const key = soloKey(scenario, tenant);
        if (arrivals.kind !== 'load' || this.solo.has(key)) return;
        wanted.set(key, { kind: 'solo', scenario, tenant, lenient: false });
      });
    }
    const results = await this.perform('tenants alone', [...wanted.values()]);
    [...wanted.keys()].forEach((key, i) => {
      const outcome = results[i];
      if (outcome?.kind !== 'solo') throw new Interrupted();
      this.solo.set(key, outcome.perS);
    });
  }

  private perform(what: string, jobs: readonly Job[]): Promise<readonly (JobResult | undefined)[]> {
    const { signal, onProgress } = this.options;
    const done = jobs.map(() => 0);
    return performAll(jobs, {
      jobs: this.options.jobs,
      ...(signal && { signal }),
      onProgress: (job, share) => {
        done[job] = share;
        onProgress?.(done.reduce((a, b) => a + b, 0) / jobs.length, what);
      },
    });
  }
}

function soloKey(scenario: Scenario, tenant: number): string {
  return `${scenario.device} ${JSON.stringify(scenario.tenants[tenant]?.workload)}`;
}
