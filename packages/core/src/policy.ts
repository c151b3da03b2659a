import type { DeviceInfo, SharingDomain } from './device.ts';
import type { LaunchQueue } from './launch-queue.ts';
import type { Submission } from './submission.ts';
import type { TpcSet } from './tpc-set.ts';
import type { Mhz, Ns } from './units.ts';

/** What the scheduler knows of a tenant before it runs. */
export interface TenantSpec {
  readonly name: string;
  /** High-priority tenants have objectives; best-effort tenants take what is left. */
  readonly class: 'hp' | 'be';
  /** TPCs guaranteed to the tenant; 0 for best-effort. */
  readonly quotaTpcs: number;
  /**
   * How much longer its work may take than with all that it could have, as a factor, for policies
   * that trade latency for TPCs or energy; without it they take their own parameter.
   */
  readonly slip?: number;
  /** Device memory without which it does not run, in bytes; none is known if it is not stated. */
  readonly memoryBytes?: number;
}

/** Where a policy puts a tenant when the run starts. */
export type Placement =
  | {
      readonly kind: 'placed';
      readonly domain: SharingDomain;
      /**
       * TPCs that the tenant is told the device has; all of them if it is not stated. Applications
       * size cooperative and persistent kernels by it.
       */
      readonly visibleTpcs?: number;
    }
  /** The policy has no room for the tenant; it does not run, and reports say why. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A tunable of a policy. All values are numbers; switches are 0 and 1. */
export interface PolicyParameter {
  readonly default: number;
  readonly unit: 'ns' | 'tpcs' | 'share' | 'factor' | 'count' | 'switch';
  readonly min: number;
  readonly max: number;
  readonly description: string;
  /** Where the default comes from. */
  readonly source: string;
}

/** Declares a policy: one such object per policy, listed in the registry. */
export interface PolicyDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, PolicyParameter>>;
  /**
   * Launches wait in the scheduler's queues for a decision: each submission costs the scheduler's
   * thread time, and graphs are cut into segments. Otherwise the driver gets them as they come.
   */
  readonly interposes?: boolean;
  /** Why this device will not do, or `undefined` if it will. */
  unsupported?(device: DeviceInfo): string | undefined;
  /**
   * One placement per tenant, in their order.
   * @param parameters values of the policy's parameters, defaults filled in
   */
  place(
    tenants: readonly TenantSpec[],
    device: DeviceInfo,
    parameters: Readonly<Record<string, number>>,
  ): readonly Placement[];
  create(context: PolicyContext): Policy;
}

/**
 * A running policy: optional callbacks, called by the scheduler. A policy acts only through its
 * `PolicyContext`, from inside a callback.
 */
export interface Policy {
  /** A launch was put into `queue`. */
  launchQueued?(queue: LaunchQueue): void;
  /** An atom ended; `submission` is recycled after the call. */
  submissionCompleted?(submission: Submission, queue: LaunchQueue): void;
  /** A clock asked for through the context is in force. */
  clockChanged?(mhz: Mhz): void;
  /** A timer set through the context fired. */
  timerFired?(timer: number): void;
  /** TPCs that a tenant with work may use now; the watchdog asks. All of them if not stated. */
  mayUse?(tenant: number): TpcSet;
  /** A tenant has gone. Its queues are empty; what is in flight still completes. */
  tenantLeft?(tenant: number): void;
}

/** Something out of the ordinary about a tenant, for the run record. */
export interface Incident {
  readonly atNs: Ns;
  readonly tenant: number;
  /** It left with work unfinished; an atom of it has not ended in time; it has ended after all. */
  readonly kind: 'left' | 'overdue' | 'recovered';
  /** What happened, in a sentence without a full stop. */
  readonly detail: string;
}

/** What a policy sees and may do. */
export interface PolicyContext {
  readonly device: DeviceInfo;
  readonly tenants: readonly TenantSpec[];
  /** Values of the policy's parameters, defaults filled in. */
  readonly parameters: Readonly<Record<string, number>>;
  now(): Ns;
  /** The launch queues of a tenant. */
  queuesOf(tenant: number): readonly LaunchQueue[];
  /** Submits the next `blocks` blocks of the head launch of `queue`: see `Decision`. */
  submit(queue: LaunchQueue, decision: Decision): void;
  /** Asks for an SM clock, one of the device's settable ones. */
  setSmClock(mhz: Mhz): void;
  /**
   * Calls `timerFired(timer)` at `at`; if that is now, when all else of this instant has happened.
   * Timer numbers are the policy's own, from 0.
   */
  setTimer(at: Ns, timer: number): void;
  /** Notes something for the run record. */
  report(incident: Incident): void;
}

/** One decision: where and how the next atom of a queue's head launch runs. May be reused. */
export interface Decision {
  tpcs: TpcSet;
  /** Level of stream priority, 0 the least urgent. */
  priority: number;
  /** Blocks of the atom, counted from the queue's `headBlock`. */
  blocks: number;
  predictedNs: Ns;
  /** TPCs of `tpcs` that another tenant's quota covers. */
  stolen: TpcSet;
  /** Tenants whose quota covers them: one bit each. */
  stolenFrom: number;
  /** TPCs that were at hand, of which right-sizing took `tpcs`; 0 if the launch was not sized. */
  sizedFrom: number;
}
