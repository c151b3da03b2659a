import { KernelInterner, type KernelProfile, type Ns, SECOND } from '@lithos/core';
import { findDevice, prepareProfile, type SimKernel } from '@lithos/sim';
import type { Arrivals, Scenario, ScenarioTenant, Workload } from '../scenario-types.ts';

/** The device of the paper's evaluation. */
export const DEVICE = 'a100-40gb';
/** Its TPCs. */
export const TPCS = findDevice(DEVICE).geometry.tpcs.value;

/** Profiles are of an H200; the same iteration takes about so much longer on the A100. */
const A100_FACTOR = 3;
const WARMUP_SHARE = 0.2;

export const closed = (concurrency = 1): Arrivals => ({ kind: 'closed', concurrency });
export const load = (share: number): Arrivals => ({ kind: 'load', share });

/** A scenario without objectives; a fifth of it is warm-up unless stated otherwise. */
export function scenarioOf(
  name: string,
  tenants: readonly ScenarioTenant[],
  durationNs: Ns,
  warmupNs: Ns = Math.round(durationNs * WARMUP_SHARE),
): Scenario {
  return {
    name,
    description: undefined,
    device: DEVICE,
    durationNs,
    warmupNs,
    seed: 1,
    tenants,
    policies: [],
  };
}

/** TPCs of a share of the device. */
export const tpcsOf = (share: number): number => Math.round(share * TPCS);

/** A high-priority tenant; the device is its quota unless stated otherwise. */
export function highPriority(
  name: string,
  workload: Workload,
  arrivals: Arrivals,
  quotaTpcs: number = TPCS,
): ScenarioTenant {
  return { name, class: 'hp', quotaTpcs, workload, arrivals, slo: {} };
}

/** A best-effort closed loop: no quota, as in the paper. */
export function bestEffort(name: string, workload: Workload): ScenarioTenant {
  return { name, class: 'be', quotaTpcs: 0, workload, arrivals: closed(), slo: {} };
}

export const iterationOf = (profile: string, launch: 'graph' | 'stream' = 'graph'): Workload => ({
  kind: 'profile',
  profile,
  launch,
});

/** Time for about `count` iterations of a profile at a load, within bounds. */
export function timeFor(
  count: number,
  iterationNs: Ns,
  share: number,
  [atLeastNs, atMostNs]: readonly [Ns, Ns],
): Ns {
  const wanted = (count * iterationNs * A100_FACTOR) / share;
  return Math.round(Math.min(atMostNs, Math.max(atLeastNs, wanted)));
}

export const seconds = (count: number): Ns => Math.round(count * SECOND);

/** A profile's launches with their times on every TPC count of the device. */
export function launchesOf(profile: KernelProfile): readonly SimKernel[] {
  const measuredOn = findDevice(profile.measured.device);
  const device = findDevice(DEVICE);
  return prepareProfile(profile, measuredOn, device, 'graph', new KernelInterner());
}
