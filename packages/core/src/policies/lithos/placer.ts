import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision, PolicyContext } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { TpcSet } from '../../tpc-set.ts';
import type { Ns } from '../../units.ts';
import type { Allocation, AllocationTable } from './allocation.ts';
import type { StreamState } from './stream-state.ts';
import { TpcTimers } from './tpc-timers.ts';

export interface PlacerRules {
  readonly rightSizing: boolean;
  /** Stolen TPCs must be expected free within this time. */
  readonly horizonNs: Ns;
  /** Work no longer than this is gone before it could matter to a thief: no timer is set for it. */
  readonly briefNs: Ns;
  /** Part of the TPCs it might steal that a launch never seen before gets. */
  readonly unseenShare: number;
}

/** Chooses TPCs and priority for the head launch of a queue. */
export class Placer {
  private readonly context: PolicyContext;
  private readonly table: AllocationTable;
  private readonly rules: PlacerRules;
  private readonly ownerPriority: number;
  private readonly timers = new TpcTimers();

  constructor(context: PolicyContext, table: AllocationTable, rules: PlacerRules) {
    this.context = context;
    this.table = table;
    this.rules = rules;
    this.ownerPriority = context.device.capabilities.priorityLevels - 1;
  }

  /**
   * Sets where and how urgently the head launch runs; an empty TPC set if it has to wait.
   * @param allocations of all tenants, as of now
   */
  place(
    queue: LaunchQueue,
    state: StreamState,
    allocations: readonly Allocation[],
    decision: Decision,
  ): void {
    const allocation = allocations[queue.tenant] as Allocation;
    const { kernel } = queue.headWork();
    const highPriority = this.context.tenants[queue.tenant]?.class === 'hp';
    decision.tpcs = allocation.all;
    decision.stolen = allocation.stolen;
    decision.sizedFrom = 0;
    if (kernel.persistent === true && allocation.own.size > 0) {
      decision.tpcs = allocation.own;
      decision.stolen = TpcSet.EMPTY;
    } else if (this.rules.rightSizing) {
      if (!highPriority || this.rightSize(queue, state, allocation, decision)) {
        this.borrow(queue.tenant, allocations, decision);
      }
    }
    if (decision.stolen.size > 0 && kernel.persistent !== true) {
      this.avoidBusy(decision);
      if (!state.predictor.knows(queue.headWork())) this.limitUnseen(decision);
    }
    decision.stolenFrom = decision.stolen.size === 0 ? 0 : this.table.ownersOf(decision.stolen);
    decision.priority = !highPriority ? 0 : decision.stolen.size > 0 ? 1 : this.ownerPriority;
  }

  /**
   * Notes that a decision was carried out.
   * @param behindNs predicted work of its stream that goes before it
   */
  placed({ tpcs, predictedNs }: Decision, behindNs: Ns): void {
    if (predictedNs > this.rules.briefNs) {
      this.timers.reserve(tpcs, this.context.now() + behindNs + predictedNs);
    }
  }

  /** Notes that a submission has ended. */
  ended({ tpcs, predictedNs }: Submission): void {
    if (predictedNs > this.rules.briefNs) this.timers.release(tpcs);
  }

  /** Leaves out stolen TPCs that have longer work before them than an atom. */
  private avoidBusy(decision: Decision): void {
    const free = this.timers.freeBy(decision.stolen, this.context.now() + this.rules.horizonNs);
    if (free === decision.stolen) return;
    decision.tpcs = decision.tpcs.difference(decision.stolen.difference(free));
    decision.stolen = free;
  }

  /** Leaves each owner a part of its TPCs, in case that a launch that nobody knows does not end. */
  private limitUnseen(decision: Decision): void {
    const { stolen } = decision;
    const some = this.table.partOfEach(stolen, this.rules.unseenShare);
    decision.tpcs = decision.tpcs.difference(stolen.difference(some));
    decision.stolen = some;
  }

  /**
   * Takes no more TPCs than the head launch needs, its tenant's own before others, and of those the
   * ones where the tenant has nothing else. True if the launch could do with more than there are.
   */
  private rightSize(
    queue: LaunchQueue,
    state: StreamState,
    { own, all, stolen }: Allocation,
    decision: Decision,
  ): boolean {
    const work = queue.headWork();
    const { persistent, threadsPerBlock } = work.kernel;
    if (persistent === true || threadsPerBlock === 0 || queue.headBlock > 0) return false;
    const bound = Math.ceil(work.kernel.blocks / this.context.device.smsPerTpc);
    const sizer = state.sizer(all.size);
    const size = sizer.size(work, bound);
    if (size >= all.size && sizer.wantsAll(work)) return true;
    decision.sizedFrom = all.size;
    if (size >= all.size) return false;
    const first = leastUsed(own, this.othersInFlight(queue), size);
    decision.tpcs = first.union(all.difference(own).lowest(size - first.size));
    decision.stolen = stolen.intersection(decision.tpcs);
    return false;
  }

  /** TPCs where a tenant's other streams have work. */
  private othersInFlight(queue: LaunchQueue): TpcSet {
    let held = TpcSet.EMPTY;
    for (const other of this.context.queuesOf(queue.tenant)) {
      if (other !== queue) held = held.union(other.tpcsInFlight());
    }
    return held;
  }

  /** Adds the TPCs that present high-priority tenants leave free in all they have on the device. */
  private borrow(tenant: number, allocations: readonly Allocation[], decision: Decision): void {
    if ((allocations[tenant] as Allocation).confined) return;
    for (let other = 0; other < allocations.length; other++) {
      if (other === tenant || this.context.tenants[other]?.class !== 'hp') continue;
      let free = (allocations[other] as Allocation).all;
      if (free.size === 0) continue;
      for (const queue of this.context.queuesOf(other))
        free = free.difference(queue.tpcsInFlight());
      decision.tpcs = decision.tpcs.union(free);
      decision.stolen = decision.stolen.union(free.intersection(this.table.coveredTpcs));
    }
  }
}

/** `size` TPCs of a set, those that are not `used` first. */
function leastUsed(tpcs: TpcSet, used: TpcSet, size: number): TpcSet {
  const unused = tpcs.difference(used).lowest(size);
  return unused.size === size
    ? unused
    : unused.union(tpcs.difference(unused).lowest(size - unused.size));
}
