import { createHash } from 'node:crypto';
import { findPolicy, resolveParameters } from '@lithos/core';
import { findDevice } from '@lithos/sim';
import type { ManifestInput, ManifestProcess } from '../record/manifest.ts';
import { RunRecorder } from '../record/recorder.ts';
import type { RunResult } from '../results.ts';
import type { RunHooks } from '../runner/run.ts';
import type { RunSink } from '../runner/run-sink.ts';
import { scenarioToJson } from '../scenario/to-json.ts';
import { VERSION } from '../version.ts';
import { FolderSink } from './folder-sink.ts';
import type { RunJob } from './jobs.ts';

/** A run that was played, and the processes that played it if each tenant had its own. */
export interface Played {
  readonly result: RunResult;
  readonly processes?: readonly ManifestProcess[];
}

/**
 * Plays a run and writes its record into `runDir`: complete, or saying why it is not.
 * @param inputs files that the run reads
 * @param play plays it, and tells the sink what happens
 */
export async function recordRun(
  job: RunJob,
  runDir: string,
  backend: 'sim' | 'hw',
  inputs: readonly ManifestInput[],
  hooks: RunHooks,
  play: (sink: RunSink) => Promise<Played>,
): Promise<RunResult> {
  const { scenario, policy, seed, parameters } = job;
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
      backend,
      device: { id: scenario.device, sha256: deviceHash(scenario.device) },
      inputs,
      code: VERSION,
    },
  });
  const began = hooks.clock();
  try {
    const { result, processes } = await play(recorder);
    const { wall_s, launches_per_wall_s: _, run_dir: __, exit, ...summary } = result;
    recorder.finish({
      exit,
      launches: result.launches,
      wallSeconds: wall_s,
      summary,
      ...(processes && { processes }),
    });
    return { ...result, run_dir: runDir };
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
