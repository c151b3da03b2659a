import {
  type DevicePort,
  findPolicy,
  type Host,
  type KernelProfile,
  type KernelShape,
  type Launchable,
  type Ns,
  type PtxWork,
} from '@lithos/core';
import type { AtomPath } from '@lithos/sim';
import type { HostCosts } from '../drivers/driver.ts';
import type { Scenario } from '../scenario-types.ts';

/** What runs below the scheduler: the simulator, or a GPU that the command line hands in. */
export interface Backend {
  readonly kind: 'sim' | 'hw';
  /** Opens a device for one run. */
  open(deviceId: string, options?: DeviceOptions): OpenDevice;
}

/** How a run uses its device: what the scenario says beyond the name, for the policy that runs. */
export interface DeviceOptions {
  /** How launches are cut into atoms, if not as the device's file says. */
  readonly atoms?: AtomPath;
  /** Graphs are cut into segments of this length; without it their launches are submitted one by one. */
  readonly segmentNs?: Ns;
  /** What each submission costs the scheduler's thread; nothing without it. */
  readonly dispatchNs?: Ns;
}

/** The device options of a scenario's run under a policy. */
export function deviceOptions(scenario: Scenario, policy: string): DeviceOptions {
  const { atoms, segmentNs, dispatchNs } = scenario;
  const interposes = findPolicy(policy).interposes === true;
  return {
    ...(atoms !== undefined && { atoms }),
    ...(interposes && segmentNs !== undefined && { segmentNs }),
    ...(interposes && dispatchNs !== undefined && { dispatchNs }),
  };
}

/** A device for one run, with the host that drives it. */
export interface OpenDevice {
  readonly port: DevicePort;
  readonly host: Host;
  readonly costs: HostCosts;
  /** Kernels prepared so far, by id. */
  readonly kernels: readonly KernelShape[];
  /**
   * Makes a profile's launches runnable on this device.
   * @param visibleTpcs TPCs that the application is told of; all if it is not stated
   */
  prepare(
    profile: KernelProfile,
    mode: 'graph' | 'stream',
    visibleTpcs?: number,
  ): readonly Launchable[];
  /**
   * Makes a request of a user's own kernels runnable on this device. Their grids are as stated, however
   * many TPCs the application is told of.
   * @param owner the tenant's name: its buffers are its own
   */
  preparePtx(work: PtxWork, mode: 'graph' | 'stream', owner: string): readonly Launchable[];
  /** Time of prepared launches one after the other, alone on the whole device, and of their gaps. */
  soloTimes(launches: readonly Launchable[]): { readonly launchesNs: Ns; readonly gapsNs: Ns };
  /** DRAM bandwidth of the device that profiles were measured on, bytes/ns. */
  readonly profiledBytesPerNs: number;
  /**
   * Lets time pass until `untilNs`, handling everything that happens; it may stop before, so that the
   * caller can look around. True if `untilNs` was reached.
   */
  advance(untilNs: Ns): boolean | Promise<boolean>;
  counters(): DeviceCounters;
  close(): void;
}

/** Running totals and present readings of a device; `undefined` where it cannot tell. */
export interface DeviceCounters {
  readonly energyJ: number | undefined;
  readonly powerW: number | undefined;
  readonly smMhz: number | undefined;
  readonly busyTpcs: number;
  /** TPC-nanoseconds with a thread block. */
  readonly busyTpcNs: number;
  /** MHz-nanoseconds. */
  readonly clockMhzNs: number | undefined;
  /** Events handled, for the simulator's own speed; 0 on hardware. */
  readonly events: number;
}
