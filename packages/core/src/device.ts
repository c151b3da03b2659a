import { LithosError } from './errors.ts';
import type { Submission } from './submission.ts';
import type { TpcSet } from './tpc-set.ts';
import type { Mhz, Ns } from './units.ts';

/** Geometry and abilities of a device, fixed while it is open. */
export interface DeviceInfo {
  /** A device id such as `a100-40gb`. */
  readonly id: string;
  readonly name: string;
  readonly smsPerTpc: number;
  readonly sm: SmLimits;
  /** TPCs of each GPC, in order: TPC 0 is the first of GPC 0. */
  readonly tpcsPerGpc: readonly number[];
  /** All TPCs. */
  readonly tpcs: TpcSet;
  readonly memoryBytes: number;
  readonly clocks: { readonly maxSmMhz: Mhz; readonly settableSmMhz: readonly Mhz[] };
  readonly capabilities: DeviceCapabilities;
}

/** What thread blocks share on one SM. */
export interface SmLimits {
  readonly threads: number;
  readonly blocks: number;
  readonly registers: number;
  readonly sharedMemoryBytes: number;
  /** Shared memory that the driver takes for itself, per block. */
  readonly reservedSharedMemoryBytes: number;
}

/** What a policy may ask of a device. A policy that needs more is refused before anything runs. */
export interface DeviceCapabilities {
  /** TPC sets are multiples of this many TPCs; `undefined` if launches cannot be confined at all. */
  readonly tpcGranularity: number | undefined;
  /** Levels of stream priority; level 0 is the least urgent. */
  readonly priorityLevels: number;
  /** What cutting launches into atoms costs; `undefined` if they cannot be cut. */
  readonly atoms: AtomCost | undefined;
  readonly domains: readonly SharingDomain['kind'][];
  /** MIG profiles that can be placed, largest first; empty without MIG. */
  readonly instances: readonly InstanceProfile[];
}

/**
 * What an atom costs beyond its blocks' own work. The paper's atoms launch the full grid, and blocks
 * outside their range exit at once; a rewritten kernel launches the blocks of its range only.
 */
export interface AtomCost {
  /** One more launch in the stream. */
  readonly launchNs: Ns;
  /** Each block of the grid that is not of the atom; 0 if those are not launched. */
  readonly skippedBlockNs: number;
}

/** A MIG instance profile: compute slices, the TPCs and the share of L2 and DRAM bandwidth it has. */
export interface InstanceProfile {
  readonly name: string;
  readonly computeSlices: number;
  readonly tpcs: number;
  readonly memoryShare: number;
  readonly memoryBytes: number;
}

/** How a tenant shares the device with the others. */
export type SharingDomain =
  /** One scheduling domain for all such tenants: an MPS server, or green contexts of one. */
  | {
      readonly kind: 'shared';
      /** Cap on the TPCs a tenant's work fills at once, whichever they are: MPS thread limits. */
      readonly maxTpcs?: number;
    }
  /** A context of its own, time-sliced against the other contexts. */
  | { readonly kind: 'context' }
  /** A MIG instance; `profile` indexes `capabilities.instances`, `instance` tells instances apart. */
  | { readonly kind: 'instance'; readonly profile: number; readonly instance: number };

/**
 * The seam between the scheduler and a device, simulated or real. Times are the device's own.
 * A device runs the submissions of one stream in order, and calls back on `DeviceListener`; it never
 * calls back from inside one of these methods.
 */
export interface DevicePort {
  readonly info: DeviceInfo;
  /** The device's time now. */
  now(): Ns;
  /** Attaches the scheduler; once, before anything is submitted. */
  attach(listener: DeviceListener): void;
  /** Announces a tenant (dense ids from 0) and how it shares the device. */
  openTenant(tenant: number, domain: SharingDomain): void;
  /** Announces an in-order stream (dense ids from 0) of a tenant. */
  openStream(stream: number, tenant: number): void;
  /**
   * Hands over an atom. The device owns `submission` until it calls `submissionCompleted`, and fills
   * `startNs` and `endNs`. Throws once the device has failed.
   */
  submit(submission: Submission): void;
  /**
   * Calls `timerFired(timer)` at `at`. If that is now or past, it is called when all else that happens
   * at this instant has been reported. Timers cannot be cancelled.
   */
  setTimer(at: Ns, timer: number): void;
  /** Asks for an SM clock; `clockChanged` reports when it is in force. */
  setSmClock(mhz: Mhz): void;
}

/** What a device reports. The scheduler implements it. */
export interface DeviceListener {
  submissionCompleted(submission: Submission): void;
  timerFired(timer: number): void;
  clockChanged(mhz: Mhz): void;
  /** The device can no longer be used: said once, and nothing completes after it. */
  fault(error: Error): void;
}

/** What a device that has failed throws for whatever is submitted after that. */
export function failedBefore({ message }: Error): LithosError {
  return new LithosError(
    'E_DEVICE_FAULT',
    `the device has failed, and takes nothing more: ${message}`,
    'start the command again',
    1,
  );
}
