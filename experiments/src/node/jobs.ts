import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { findPolicy, LithosError, PolicyError, resolveParameters } from '@lithos/core';
import { findDevice } from '@lithos/sim';
import { type ProbeResult, RunProbe } from '../experiments/probe.ts';
import type { RecordLevel } from '../record/manifest.ts';
import { RunRecorder } from '../record/recorder.ts';
import type { RunResult } from '../results.ts';
import { type Backend, deviceOptions, type OpenDevice } from '../runner/backend.ts';
import { type RunHooks, run } from '../runner/run.ts';
import { simBackend } from '../runner/sim-backend.ts';
import { measureSolo, type SoloRates } from '../runner/solo.ts';
import { scenarioToJson } from '../scenario/to-json.ts';
import type { Scenario } from '../scenario-types.ts';
import { VERSION } from '../version.ts';
import { FolderSink } from './folder-sink.ts';
import { type LoadedInputs, loadInputs } from './inputs.ts';

/** A piece of work that a worker thread can do by itself. */
export type Job =
  | {
      readonly kind: 'solo';
      readonly scenario: Scenario;
      readonly tenant: number;
      readonly lenient: boolean;
    }
  | {
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
    };

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
      perS: await measureSolo(job.scenario, job.tenant, backend, inputs, hooks),
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
  job: Job & { readonly kind: 'run' },
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
  const recorder = new RunRecorder({
    sink: new FolderSink(runDir),
    level: job.record,
    tenants: scenario.tenants.map((tenant) => tenant.name),
    started: new Date().toISOString(),
    run: {
      scenario: scenarioToJson(scenario),
      policy,
      parameters: resolveParameters(findPolicy(policy), parameters),
      seed,
      backend: backend.kind,
      device: { id: scenario.device, sha256: deviceHash(scenario.device) },
      inputs: inputs.files,
      code: VERSION,
    },
  });
  const began = hooks.clock();
  try {
    const result = await run({ ...options, sink: recorder }, hooks);
    const { wall_s, launches_per_wall_s: _, run_dir: __, exit, ...summary } = result;
    recorder.finish({ exit, launches: result.launches, wallSeconds: wall_s, summary });
    return { kind: 'run', result: { ...result, run_dir: runDir } };
  } catch (error) {
    recorder.finish({
      exit: 'failed',
      reason: error instanceof Error ? error.message : String(error),
      launches: 0,
      wallSeconds: (hooks.clock() - began) / 1000,
    });
    throw error;
  }
}

/** SHA-256 of a device file's content. */
function deviceHash(id: string): string {
  return createHash('sha256')
    .update(JSON.stringify(findDevice(id)))
    .digest('hex');
}

/** Folder of one run inside the folder of a comparison. */
export function runFolder(root: string, policy: string, seed: number): string {
  return join(root, `${policy}-seed${seed}`);
}
