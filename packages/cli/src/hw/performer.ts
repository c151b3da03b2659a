import { findPolicy, type KernelProfile, LithosError } from '@lithos/core';
import { profilesOfWorkload, type Scenario } from '@lithos/experiments';
import { loadInputs, type Performer, perform } from '@lithos/experiments/node';
import {
  type MpsDaemon,
  missingFigures,
  missingFiguresOf,
  selfTest,
  startMps,
  usersMps,
  withoutMps,
} from '@lithos/hw-a100';
import { deviceInfo, findDevice } from '@lithos/sim';
import { listProfiles } from '@lithos/traces/node';
import type { Terminal } from '../terminal.ts';
import {
  checkLookAlikes,
  ensureLookAlikes,
  gpuName,
  type HwSettings,
  hwBackend,
} from './backend.ts';
import { checkClocks, clocksFor } from './clocks.ts';
import { placeOnInstances } from './mig.ts';
import { needOwnTimes } from './own-times.ts';
import { playProcesses } from './process-run.ts';

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
  if (policies.includes('mig')) return openMig(terminal, flags, scenario, policies, lenient);
  // Without a driver or a GPU, that is what is wrong, and not that launches cannot be confined.
  const gpu = gpuName(flags.gpu);
  const warn = warnOnce(terminal);
  checkClocks(flags);
  missingFigures(flags.gpu).forEach(warn);
  const { granularity, warnings } = selfTest(flags.gpu);
  warnings.forEach(warn);
  const plain: HwSettings = { ordinal: flags.gpu, granularity, warn };
  const profiles = await profilesOf(scenario, lenient);
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
      return playProcesses({ job, settings, mps, tpcs, ...(limits && { limits }) }, hooks);
    },
    close,
  };
}

/**
 * The same for a GPU that MIG has divided: each tenant has the instance that `mig` places it on, and no
 * other policy can run.
 */
async function openMig(
  terminal: Terminal,
  flags: HwFlags,
  scenario: Scenario,
  policies: readonly string[],
  lenient: boolean,
): Promise<HwPerformer> {
  const parts = placeOnInstances(scenario, flags.gpu);
  needOwnTimes(scenario);
  const others = policies.filter((policy) => policy !== 'mig');
  if (others.length > 0) {
    throw new LithosError(
      'E_HW_POLICY',
      `${others.join(', ')} need the whole GPU, and MIG has divided it`,
      'run --policies mig by itself, and the others when MIG is off',
    );
  }
  if (flags.startMps || flags.allowClocks) {
    throw new LithosError(
      'E_HW_POLICY',
      "policy 'mig' has no use for --start-mps and --allow-clocks",
      'leave them out',
    );
  }
  missingFiguresOf(flags.gpu).forEach(warnOnce(terminal));
  const file = findDevice(scenario.device);
  checkLookAlikes(file.name, await profilesOf(scenario, lenient));
  terminal.note(
    'with MIG on, nobody can have the whole GPU: what a tenant does alone on it is taken from the simulator',
  );
  const settings: HwSettings = { ordinal: flags.gpu, granularity: 'none' };
  const mps = withoutMps();
  return {
    perform: (job, hooks) =>
      job.kind === 'solo'
        ? perform(job, hooks)
        : playProcesses({ job, settings, mps, tpcs: file.geometry.tpcs.value, parts }, hooks),
    close: () => void mps.close(),
  };
}

async function profilesOf(scenario: Scenario, lenient: boolean): Promise<readonly KernelProfile[]> {
  const inputs = await loadInputs(scenario, lenient);
  const available = listProfiles();
  const ids = scenario.tenants.flatMap(({ workload }) => profilesOfWorkload(workload, available));
  return [...new Set(ids)].map((id) => inputs.profile(id));
}

/** Says each thing once, however many runs and devices come upon it. */
function warnOnce(terminal: Terminal): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) terminal.note(`warning: ${text}`);
    said.add(text);
  };
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
