import { PolicyError } from './errors.ts';
import type { LaunchQueue } from './launch-queue.ts';
import type { TenantSpec } from './policy.ts';
import { TpcSet } from './tpc-set.ts';
import { type Ns, SECOND } from './units.ts';

/**
 * Finds tenants that a policy forgot: work in a launch queue, nothing of it on the device, and a
 * reason to run it (free TPCs, or a quota of its own), yet not served for `limitNs`. Free are TPCs
 * that nobody used in all that time: an owner that pauses between two launches has not given its
 * TPCs up. A best-effort tenant that waits because every TPC that it may use is in use is not forgotten.
 */
export class Watchdog {
  readonly periodNs: Ns = SECOND;
  readonly limitNs: Ns = 5 * SECOND;

  private readonly policy: string;
  private readonly tenants: readonly TenantSpec[];
  private readonly queues: readonly LaunchQueue[];
  private readonly tpcs: TpcSet;
  private readonly mayUse: (tenant: number) => TpcSet | undefined;
  /** TPCs used since the last check, and between the checks before it. */
  private usedNow = TpcSet.EMPTY;
  private readonly usedBefore: TpcSet[] = [];

  /** @param mayUse TPCs that the policy's rules let a tenant use now; all of them if `undefined` */
  constructor(
    policy: string,
    tenants: readonly TenantSpec[],
    queues: readonly LaunchQueue[],
    tpcs: TpcSet,
    mayUse: (tenant: number) => TpcSet | undefined = () => undefined,
  ) {
    this.policy = policy;
    this.tenants = tenants;
    this.queues = queues;
    this.tpcs = tpcs;
    this.mayUse = mayUse;
  }

  /** Notes that an atom was submitted to these TPCs. */
  used(tpcs: TpcSet): void {
    this.usedNow = this.usedNow.union(tpcs);
  }

  /** Throws a `PolicyError` if a tenant has been forgotten; to be called every `periodNs`. */
  check(now: Ns): void {
    const unused = this.tpcs.difference(this.recentlyUsed());
    for (const queue of this.queues) {
      if (queue.length === 0 || queue.outstanding > 0) continue;
      if (now - queue.lastServedNs < this.limitNs) continue;
      const tenant = this.tenants[queue.tenant] as TenantSpec;
      const free = unused.intersection(this.mayUse(queue.tenant) ?? this.tpcs);
      if (free.size > 0 || tenant.quotaTpcs > 0) {
        throw new PolicyError(
          this.policy,
          `tenant '${tenant.name}' has had ${queue.length} launches waiting and none on the device ` +
            `for ${(now - queue.lastServedNs) / SECOND} s, with ${free.size} TPCs free`,
        );
      }
    }
  }

  /** TPCs used in the last `limitNs`. */
  private recentlyUsed(): TpcSet {
    let running = TpcSet.EMPTY;
    for (const queue of this.queues) {
      const oldest = queue.oldestInFlight();
      if (oldest !== undefined) running = running.union(oldest.tpcs);
    }
    this.usedBefore.push(this.usedNow.union(running));
    if (this.usedBefore.length > this.limitNs / this.periodNs) this.usedBefore.shift();
    this.usedNow = running;
    return this.usedBefore.reduce((all, used) => all.union(used), TpcSet.EMPTY);
  }
}
