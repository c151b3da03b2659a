import { join } from 'node:path';
import { LithosError, type Ns, PolicyError } from '@lithos/core';
import { type ProbeResult, RunProbe } from '../experiments/probe.ts';
import type { RecordLevel } from '../record/manifest.ts';
import type { RunResult } from '../results.ts';
import { type Backend, deviceOptions, type OpenDevice } from '../runner/backend.ts';
import { type RunHooks, run } from '../runner/run.ts';
import { simBackend } from '../runner/sim-backend.ts';
import { measureSolo, type SoloRates } from '../runner/solo.ts';
import type { Scenario } from '../scenario-types.ts';
import { type LoadedInputs, loadInputs } from './inputs.ts';
import { recordRun } from './record-run.ts';

/** A piece of work that a worker thread can do by itself. */
export type Job =
  | {
      readonly kind: 'solo';
      readonly scenario: Scenario;
      readonly tenant: number;
      readonly lenient: boolean;
      /** How long it is watched; `undefined` as long as is usual. */
      readonly watchNs?: Ns;
    }
  | RunJob;

/** One scenario under one policy and seed. */
export interface RunJob {
  readonly kind: 'run';
  readonly scenario: Scenario;
  readonly policy: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly solo: SoloRates;
  readonly lenient: boolean;
  readonly record: RecordLevel;
  /** Folder of the run record; `undefined` writes none. */
  readonly runDir: string | undefined;
  /** Collect a `ProbeResult`; only without a record. */
  readonly probed?: boolean;
}

export type JobResult =
  | { readonly kind: 'solo'; readonly perS: number }
  | { readonly kind: 'run'; readonly result: RunResult; readonly probe?: ProbeResult };

/** Does a job, on the simulator unless another backend is given. */
export async function perform(
  job: Job,
  hooks: RunHooks,
  backend: Backend = simBackend,
): Promise<JobResult> {
  try {
    return await attempt(job, hooks, backend);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new LithosError('E_POLICY', error.message, 'this is an error in the policy', 1);
  }
}

async function attempt(job: Job, hooks: RunHooks, backend: Backend): Promise<JobResult> {
  const inputs = await loadInputs(job.scenario, job.lenient);
  if (job.kind === 'solo') {
    return {
      kind: 'solo',
      perS: await measureSolo(job.scenario, job.tenant, backend, inputs, hooks, job.watchNs),
    };
  }
  const device = backend.open(job.scenario.device, deviceOptions(job.scenario, job.policy));
  try {
    return await play(job, device, inputs, hooks, backend);
  } finally {
    device.close();
  }
}

async function play(
  job: RunJob,
  device: OpenDevice,
  inputs: LoadedInputs,
  hooks: RunHooks,
  backend: Backend,
): Promise<JobResult> {
  const { scenario, policy, seed, parameters, solo, runDir } = job;
  const options = { scenario, policy, seed, parameters, solo, device, inputs };
  if (runDir === undefined) {
    if (!job.probed) return { kind: 'run', result: await run(options, hooks) };
    const probe = new RunProbe(scenario, device);
    const result = await run({ ...options, sink: probe }, hooks);
    return { kind: 'run', result, probe: probe.result() };
  }
  const result = await recordRun(job, runDir, backend.kind, inputs.files, hooks, async (sink) => ({
    result: await run({ ...options, sink }, hooks),
  }));
  return { kind: 'run', result };
}

/** Folder of one run inside the folder of a comparison. */
export function runFolder(root: string, policy: string, seed: number): string {
  return join(root, `${policy}-seed${seed}`);
}
