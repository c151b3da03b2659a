import type { ManifestProcess, RunHooks, RunSink } from '@lithos/experiments';
import {
  type JobResult,
  loadInputs,
  type Played,
  type RunJob,
  recordRun,
} from '@lithos/experiments/node';
import type { MpsDaemon } from '@lithos/hw-a100';
import type { HwSettings } from './backend.ts';
import { joined } from './joined.ts';
import { ObservationMerge } from './merge.ts';
import { MergedRun } from './merged-run.ts';
import type { FromTenant } from './messages.ts';
import { TenantChild } from './tenant-child.ts';

/** How long all processes get from the word to the first launch, ns. */
const HEAD_START_NS = 300_000_000n;

/** A part of the GPU that one tenant has to itself: a MIG instance. */
export interface Part {
  readonly uuid: string;
  readonly tpcs: number;
  /** Number of its first TPC in the record; which ones they are on the device is not known. */
  readonly firstTpc: number;
}

/** A run with one process per tenant. */
export interface ProcessRun {
  readonly job: RunJob;
  readonly settings: HwSettings;
  readonly mps: MpsDaemon;
  /** TPCs of the device. */
  readonly tpcs: number;
  /** TPCs that each tenant's work may fill, which MPS sees to; without it, all of them. */
  readonly limits?: readonly number[];
  /** The part of each tenant, where they have parts. */
  readonly parts?: readonly Part[];
}

/** Plays a run with one process per tenant, and writes its record if there is to be one. */
export async function playProcesses(run: ProcessRun, hooks: RunHooks): Promise<JobResult> {
  const { job } = run;
  if (job.runDir === undefined) {
    return { kind: 'run', result: (await runProcesses(run, hooks)).result };
  }
  const { files } = await loadInputs(job.scenario, job.lenient);
  const result = await recordRun(job, job.runDir, 'hw', files, hooks, (sink) =>
    runProcesses(run, hooks, sink),
  );
  return { kind: 'run', result };
}

/**
 * Plays each tenant in a process of its own, all of them at the same time, and joins what they have seen.
 * @param sink where their observations go, if anybody wants them
 */
async function runProcesses(run: ProcessRun, hooks: RunHooks, sink?: RunSink): Promise<Played> {
  const { job, tpcs, limits, parts } = run;
  const { scenario, policy, seed } = job;
  const began = hooks.clock();
  const processes: ManifestProcess[] = [];
  const merged = new MergedRun(
    scenario.tenants.map(
      (_, tenant) => parts?.[tenant] ?? { tpcs: limits?.[tenant] ?? tpcs, firstTpc: 0 },
    ),
    tpcs,
    sink,
  );
  const merge = new ObservationMerge(scenario.tenants.length, merged);
  const hear = (tenant: number, message: FromTenant): void => {
    if (message.kind === 'seen') merge.add(tenant, message.seen);
    if (message.kind !== 'began') return;
    merge.began(tenant, message.zero);
    const part = parts?.[tenant];
    processes[tenant] = {
      tenant: scenario.tenants[tenant]?.name ?? '',
      began_ns: 0,
      clock_error_ns: message.clockErrorNs,
      ...(part && { instance: part.uuid }),
    };
  };
  const children = scenario.tenants.map((_, tenant) => startTenant(run, tenant, hear));
  try {
    const done = await playAll(children, hooks);
    merge.finish();
    const wallS = (hooks.clock() - began) / 1000;
    const { busyTpcNs, countedNs } = merged;
    const result = joined(
      { policy, seed, wallS, tpcs, busyTpcNs, countedNs },
      done.map((one, tenant) => ({ ...one, offsetNs: merge.offsetNs(tenant) })),
    );
    return {
      result,
      // One that was stopped before it began is none of them.
      processes: processes.flatMap((p, tenant) => ({ ...p, began_ns: merge.offsetNs(tenant) })),
    };
  } catch (error) {
    // What was seen until then is kept.
    merge.finish();
    throw error;
  } finally {
    // Whoever ends the MPS daemon next must find no clients, also where one tenant failed.
    await Promise.all(children.map((t) => t.release()));
  }
}

function startTenant(
  { job, settings, mps, tpcs, limits, parts }: ProcessRun,
  tenant: number,
  hear: (tenant: number, message: FromTenant) => void,
): TenantChild {
  const { scenario, seed, solo, lenient } = job;
  const limit = limits?.[tenant];
  const part = parts?.[tenant];
  const percentage = limit === undefined ? undefined : percentageOf(limit, tpcs);
  return new TenantChild(
    {
      kind: 'order',
      scenario: { ...scenario, tenants: scenario.tenants.slice(tenant, tenant + 1) },
      seed,
      solo: solo[tenant] ?? 0,
      lenient,
      settings: {
        // Of a divided GPU, a process sees the one part that it is given.
        ordinal: part === undefined ? settings.ordinal : 0,
        granularity: 'none',
        limited: percentage !== undefined,
        ...(part && { part }),
      },
      record: job.runDir === undefined ? 'none' : job.record,
    },
    {
      ...mps.environment,
      ...(percentage !== undefined && { CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: `${percentage}` }),
      ...(part && { CUDA_VISIBLE_DEVICES: part.uuid }),
    },
    (message) => hear(tenant, message),
  );
}

const percentageOf = (limit: number, tpcs: number): number =>
  Math.max(1, Math.round((100 * limit) / tpcs));

/** Has all of them begin at the same time, and waits until they have ended. */
async function playAll(children: readonly TenantChild[], hooks: RunHooks) {
  await Promise.all(children.map((t) => t.ready));
  const at = process.hrtime.bigint() + HEAD_START_NS;
  for (const tenant of children) tenant.tell({ kind: 'go', at });
  const stop = (): void => {
    for (const tenant of children) tenant.tell({ kind: 'stop' });
  };
  hooks.signal?.addEventListener('abort', stop);
  if (hooks.signal?.aborted) stop();
  const report = setInterval(() => hooks.onProgress?.(children[0]?.share ?? 0), 200);
  const done = await Promise.all(children.map((t) => t.done)).finally(() => {
    clearInterval(report);
    hooks.signal?.removeEventListener('abort', stop);
  });
  await Promise.all(children.map((t) => t.ended));
  return done;
}
