import { findPolicy, LithosError } from '@lithos/core';
import type { RunHooks, Scenario } from '@lithos/experiments';
import {
  type JobResult,
  loadInputs,
  type Performer,
  perform,
  recordRun,
} from '@lithos/experiments/node';
import {
  type MpsDaemon,
  missingFigures,
  selfTest,
  startMps,
  usersMps,
  withoutMps,
} from '@lithos/hw-a100';
import { deviceInfo, findDevice } from '@lithos/sim';
import type { Terminal } from '../terminal.ts';
import { ensureLookAlikes, gpuName, type HwSettings, hwBackend } from './backend.ts';
import { checkClocks, clocksFor } from './clocks.ts';
import { type ProcessRun, runProcesses } from './process-run.ts';

/** Policies that are played with one process per tenant. */
const IN_PROCESSES = ['mps', 'mps-limits', 'time-slicing'];

export interface HwFlags {
  readonly gpu: number;
  readonly startMps?: boolean;
  readonly allowClocks?: boolean;
  /** A policy is to lower the SM clock. */
  readonly savesPower?: boolean;
}

/** Plays runs on a GPU; `close` ends what was started for it. */
export interface HwPerformer {
  readonly perform: Performer;
  close(): void;
}

/** Makes a GPU ready for a scenario: placement is tested, look-alikes are there, MPS runs. */
export async function openPerformer(
  terminal: Terminal,
  flags: HwFlags,
  scenario: Scenario,
  policies: readonly string[],
  lenient: boolean,
): Promise<HwPerformer> {
  refuse(policies);
  // Without a driver or a GPU, that is what is wrong, and not that launches cannot be confined.
  const gpu = gpuName(flags.gpu);
  const warn = warnOnce(terminal);
  checkClocks(flags);
  missingFigures(flags.gpu).forEach(warn);
  const { granularity, warnings } = selfTest(flags.gpu);
  warnings.forEach(warn);
  const plain: HwSettings = { ordinal: flags.gpu, granularity, warn };
  const inputs = await loadInputs(scenario, lenient);
  const ids = scenario.tenants.flatMap(({ workload }) =>
    workload.kind === 'profile' ? [workload.profile] : inputs.profilesOf(workload.model),
  );
  const profiles = [...new Set(ids)].map((id) => inputs.profile(id));
  ensureLookAlikes(plain, gpu, profiles, (text) => terminal.note(text));
  const none = withoutMps();
  // From here on it has to be ended, whatever fails.
  const daemon = policies.some((p) => p.startsWith('mps'))
    ? mpsDaemon(flags.startMps ?? false)
    : undefined;
  let clocks: ReturnType<typeof clocksFor>;
  const close = (): void => {
    void clocks?.close();
    none.close();
    const left = daemon?.close();
    if (left !== undefined) terminal.note(`warning: ${left}`);
  };
  try {
    // Last: its process has to be ended.
    clocks = clocksFor(flags, warn);
  } catch (error) {
    close();
    throw error;
  }
  const settings: HwSettings = { ...plain, ...(clocks && { clocks }) };
  const backend = hwBackend(settings);
  return {
    perform: async (job, hooks) => {
      if (job.kind === 'solo' || !IN_PROCESSES.includes(job.policy)) {
        return perform(job, hooks, backend);
      }
      const mps = job.policy === 'time-slicing' ? none : (daemon ?? none);
      const limits = job.policy === 'mps-limits' ? limitsOf(job.scenario) : undefined;
      const tpcs = findDevice(job.scenario.device).geometry.tpcs.value;
      return perTenant({ job, settings, mps, tpcs, ...(limits && { limits }) }, hooks);
    },
    close,
  };
}

/** Plays a run with one process per tenant, and writes its record if there is to be one. */
async function perTenant(run: ProcessRun, hooks: RunHooks): Promise<JobResult> {
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

/** Says each thing once, however many runs and devices come upon it. */
function warnOnce(terminal: Terminal): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) terminal.note(`warning: ${text}`);
    said.add(text);
  };
}

function refuse(policies: readonly string[]): void {
  if (!policies.includes('mig')) return;
  throw new LithosError(
    'E_HW_POLICY',
    "policy 'mig' needs MIG instances, which an administrator sets up and which change the GPU for everybody",
    'leave it out with --policies; or set up instances, and run each tenant with CUDA_VISIBLE_DEVICES on its own',
  );
}

function mpsDaemon(start: boolean): MpsDaemon {
  if (start) return startMps();
  const running = usersMps();
  if (running !== undefined) return running;
  throw new LithosError(
    'E_MPS_DAEMON',
    'no MPS daemon runs, and without one processes share the GPU by time slices',
    'start `nvidia-cuda-mps-control -d`, or give --start-mps, or leave out the policies mps and mps-limits',
  );
}

/** TPCs that each tenant's work may fill under `mps-limits`. */
function limitsOf(scenario: Scenario): readonly number[] {
  const info = deviceInfo(findDevice(scenario.device));
  const tenants = scenario.tenants.map(({ name, class: kind, quotaTpcs }) => ({
    name,
    class: kind,
    quotaTpcs,
  }));
  const total = info.tpcs.size;
  return findPolicy('mps-limits')
    .place(tenants, info, {})
    .map((placement, i) => {
      if (placement.kind === 'refused') {
        throw new LithosError(
          'E_HW_POLICY',
          `policy 'mps-limits' has no room for tenant '${tenants[i]?.name}': ${placement.reason}`,
          'lower the quotas, or leave the policy out',
        );
      }
      const { domain } = placement;
      return domain.kind === 'shared' ? (domain.maxTpcs ?? total) : total;
    });
}
