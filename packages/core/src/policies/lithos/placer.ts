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
      if (highPriority) this.rightSize(queue, state, allocation, decision);
      else this.borrow(allocations, allocation, decision);
    }
    if (decision.stolen.size > 0) {
      this.avoidBusy(decision);
      if (!state.predictor.knows(queue.headWork())) this.limitUnseen(decision);
    }
    decision.stolenFrom = decision.stolen.size === 0 ? 0 : this.table.ownersOf(decision.stolen);
    decision.priority = !highPriority ? 0 : decision.stolen.size > 0 ? 1 : this.ownerPriority;
  }

  /** Notes that a decision was carried out. */
  placed({ tpcs, predictedNs }: Decision): void {
    if (predictedNs > this.rules.briefNs) {
      this.timers.reserve(tpcs, this.context.now(), predictedNs);
    }
  }

  /** Notes that a submission has ended. */
  ended({ tpcs, predictedNs, startNs, endNs }: Submission): void {
    if (predictedNs > this.rules.briefNs) this.timers.correct(tpcs, endNs - startNs - predictedNs);
  }

  /** Leaves out stolen TPCs that have longer work before them than an atom. */
  private avoidBusy(decision: Decision): void {
    const free = this.timers.freeBy(decision.stolen, this.context.now() + this.rules.horizonNs);
    if (free === decision.stolen) return;
    decision.tpcs = decision.tpcs.difference(decision.stolen.difference(free));
    decision.stolen = free;
  }

  /** Leaves owners a part of their TPCs, in case that a launch that nobody knows does not end. */
  private limitUnseen(decision: Decision): void {
    const { stolen } = decision;
    const some = stolen.lowest(Math.ceil(this.rules.unseenShare * stolen.size));
    decision.tpcs = decision.tpcs.difference(stolen.difference(some));
    decision.stolen = some;
  }

  /** Takes no more TPCs than the head launch needs, its tenant's own before others. */
  private rightSize(
    queue: LaunchQueue,
    state: StreamState,
    { own, all, stolen }: Allocation,
    decision: Decision,
  ): void {
    const work = queue.headWork();
    const { persistent, threadsPerBlock } = work.kernel;
    if (persistent === true || threadsPerBlock === 0 || queue.headBlock > 0) return;
    const bound = Math.ceil(work.kernel.blocks / this.context.device.smsPerTpc);
    const size = state.sizer(all.size).size(work, bound);
    decision.sizedFrom = all.size;
    if (size >= all.size) return;
    const first = own.lowest(size);
    decision.tpcs = first.union(all.difference(own).lowest(size - first.size));
    decision.stolen = stolen.intersection(decision.tpcs);
  }

  /** Adds the TPCs that present owners leave free in all they have on the device. */
  private borrow(allocations: readonly Allocation[], mine: Allocation, decision: Decision): void {
    if (mine.confined) return;
    for (let owner = 0; owner < allocations.length; owner++) {
      const { own } = allocations[owner] as Allocation;
      if (own.size === 0 || own === mine.own) continue;
      let free = own;
      for (const queue of this.context.queuesOf(owner))
        free = free.difference(queue.tpcsInFlight());
      decision.tpcs = decision.tpcs.union(free);
      decision.stolen = decision.stolen.union(free);
    }
  }
}
