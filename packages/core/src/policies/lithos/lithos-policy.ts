import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision, Policy, PolicyContext } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { TpcSet } from '../../tpc-set.ts';
import type { Mhz, Ns } from '../../units.ts';
import { type Allocation, AllocationTable } from './allocation.ts';
import { Atomizer } from './atomizer.ts';
import { GOVERNOR_PERIOD_NS, Governor } from './governor.ts';
import { Overdue } from './overdue.ts';
import type { PARAMETERS } from './parameters.ts';
import { Placer } from './placer.ts';
import { StreamState } from './stream-state.ts';
import { Worklist } from './worklist.ts';

/** The policy's timers; those below are the tenants', for when one has been idle for long enough. */
const TIMERS = { settle: 0, retry: 1, govern: 2, overdue: 3 } as const;
const FIRST_TENANT_TIMER = Object.keys(TIMERS).length;

/**
 * LithOS at work. Launches and completions only say what there is to decide; decisions are taken when
 * all that happens at an instant is known.
 */
export class LithosPolicy implements Policy {
  private readonly context: PolicyContext;
  private readonly table: AllocationTable;
  private readonly placer: Placer;
  private readonly atomizer: Atomizer;
  private readonly overdue: Overdue;
  private readonly governor: Governor | undefined;
  private readonly worklist: Worklist;
  private readonly limitNs: Ns;
  private readonly quantumNs: Ns;
  private readonly stealAfterNs: Ns;
  private readonly overdueNs: Ns;
  private readonly rightSizing: boolean;
  /** Slip of right-sizing, by tenant. */
  private readonly slips: readonly number[];
  private readonly states: (StreamState | undefined)[] = [];

  /** Tenants that have work, or had some a moment ago: one bit each. */
  private present = 0;
  private allocations: readonly Allocation[];
  /** When a tenant ran out of work; meaningful while it has none. */
  private readonly drainedNs: Ns[];
  /** Greatest SM clock over the present one. */
  private slow = 1;
  /** A retry for queues that found no TPC free has been set. */
  private retrying = false;
  /** Somebody looks for overdue atoms. */
  private watching = false;
  private readonly decision: Decision = {
    tpcs: TpcSet.EMPTY,
    priority: 0,
    blocks: 0,
    predictedNs: 0,
    stolen: TpcSet.EMPTY,
    stolenFrom: 0,
    sizedFrom: 0,
  };

  constructor(context: PolicyContext) {
    const value = (name: keyof typeof PARAMETERS): number => context.parameters[name] as number;
    const { device, tenants } = context;
    this.context = context;
    this.limitNs = value('outstanding.limit');
    this.quantumNs = value('atomizer.quantum');
    this.stealAfterNs = value('stealing.after');
    this.overdueNs = value('overdue.after');
    this.rightSizing = value('right-sizing') === 1;
    this.slips = tenants.map(({ slip }) => slip ?? value('right-sizing.slip'));
    this.table = new AllocationTable(tenants, device.tpcs, {
      enabled: value('stealing') === 1,
      bestEffortShare: value('stealing.best-effort-share'),
      minimumShare: value('best-effort.minimum-share'),
    });
    this.placer = new Placer(context, this.table, {
      rightSizing: this.rightSizing,
      horizonNs: this.quantumNs,
      briefNs: this.quantumNs - this.limitNs,
      unseenShare: value('stealing.unseen-share'),
    });
    this.atomizer = new Atomizer(device, {
      enabled: value('atomizer') === 1,
      quantumNs: this.quantumNs,
      overhead: value('atomizer.overhead'),
    });
    this.overdue = new Overdue(context, this.states, this.overdueNs);
    this.worklist = new Worklist(tenants);
    if (value('power') === 1) {
      const slips = tenants.map(({ slip }) => (slip ?? value('power.slip')) - 1);
      this.governor = new Governor(slips, device.clocks.settableSmMhz);
      context.setTimer(context.now() + GOVERNOR_PERIOD_NS, TIMERS.govern);
    }
    this.allocations = this.table.of(0, 0);
    this.drainedNs = tenants.map(() => 0);
  }

  launchQueued(queue: LaunchQueue): void {
    if (this.worklist.has(queue) || this.isFull(queue)) return;
    this.attend(queue);
  }

  submissionCompleted(submission: Submission, queue: LaunchQueue): void {
    const { tenant } = queue;
    const state = this.states[queue.stream] as StreamState;
    this.learn(submission, state);
    this.placer.ended(submission);
    state.lastEndNs = submission.endNs;
    if (this.overdue.ended(submission, state)) this.reallocate();
    state.outstandingNs =
      queue.outstanding === 0 ? 0 : state.outstandingNs - submission.predictedNs;
    if (queue.length > 0) this.attend(queue);
    if (this.rightSizing) this.wakeBorrowers(tenant);
    if (queue.length === 0 && queue.outstanding === 0 && this.isDrained(tenant)) {
      const now = this.context.now();
      this.drainedNs[tenant] = now;
      this.context.setTimer(now + this.stealAfterNs, FIRST_TENANT_TIMER + tenant);
    }
  }

  clockChanged(mhz: Mhz): void {
    this.slow = this.context.device.clocks.maxSmMhz / mhz;
  }

  tenantLeft(tenant: number): void {
    this.setPresent(this.present & ~(1 << tenant));
  }

  timerFired(timer: number): void {
    switch (timer) {
      case TIMERS.settle:
        this.settle();
        break;
      case TIMERS.retry:
        this.retry();
        break;
      case TIMERS.govern:
        this.govern();
        break;
      case TIMERS.overdue:
        this.lookForOverdue();
        break;
      default:
        this.ownerIdle(timer - FIRST_TENANT_TIMER);
    }
  }

  /** Decides on a queue when this instant is over. */
  private attend(queue: LaunchQueue): void {
    if (this.worklist.add(queue)) this.context.setTimer(this.context.now(), TIMERS.settle);
  }

  private settle(): void {
    let { present } = this;
    for (const queue of this.worklist.waiting) {
      if (queue.length > 0) present |= 1 << queue.tenant;
    }
    this.setPresent(present);
    for (const queue of this.worklist.take()) this.dispatch(queue);
  }

  /** Submits from a queue until the outstanding limit is reached. */
  private dispatch(queue: LaunchQueue): void {
    const { decision } = this;
    const state = this.stateOf(queue.stream, queue.tenant);
    while (queue.length > 0 && !this.isFull(queue)) {
      this.placer.place(queue, state, this.allocations, decision);
      if (decision.tpcs.size === 0) {
        this.retryLater(queue);
        return;
      }
      const wholeNs = state.predictor.predict(queue.headWork(), decision.tpcs.size, this.slow);
      // Best-effort work and work on stolen TPCs must be able to make room for others.
      const stealing = decision.stolen.size > 0;
      this.atomizer.cut(queue, decision, wholeNs, stealing || decision.priority === 0);
      const outstandingNs = state.outstandingNs + decision.predictedNs;
      if (stealing && queue.outstanding > 0 && outstandingNs > this.limitNs) return;
      state.outstandingNs = outstandingNs;
      this.placer.placed(decision);
      this.context.submit(queue, decision);
      this.watch();
    }
  }

  /**
   * Enough of a queue is on the device. What runs does not count for a high-priority tenant, so that
   * the next submission is there when it ends; a thief has less on the device, which it must be able
   * to give back.
   */
  private isFull(queue: LaunchQueue): boolean {
    const oldest = queue.oldestInFlight();
    if (oldest === undefined) return false;
    const { outstandingNs } = this.stateOf(queue.stream, queue.tenant);
    const running = this.context.tenants[queue.tenant]?.class === 'hp' ? oldest.predictedNs : 0;
    return outstandingNs - running >= this.limitNs;
  }

  /** Takes note of what a finished submission tells of its kernel. */
  private learn(submission: Submission, state: StreamState): void {
    const { work, tpcs, sizedFrom, startNs, endNs } = submission;
    const share = this.atomizer.timeShare(submission);
    const wholeNs = (endNs - startNs) / share;
    const { predictor } = state;
    this.governor?.note(submission.tenant, wholeNs, predictor.predict(work, tpcs.size));
    predictor.observe(work, tpcs.size, wholeNs, this.slow);
    // Only whole launches tell how a kernel scales, and only those on TPCs at hand at the time.
    if (share === 1 && sizedFrom > 0) state.sizer(sizedFrom).observe(work, tpcs.size, wholeNs);
  }

  /** Changes who has work; those who gained TPCs by it go on at once. */
  private setPresent(present: number): void {
    if (present === this.present) return;
    this.present = present;
    this.reallocate();
  }

  /** Shares the TPCs out anew. */
  private reallocate(): void {
    const { overdue, table, present } = this;
    const allocations = table.of(present, overdue.tenants);
    this.allocations =
      overdue.tenants === 0
        ? allocations
        : allocations.map((allocation, tenant) =>
            allocation.confined ? confinedTo(allocation, overdue.held(tenant)) : allocation,
          );
    for (let tenant = 0; tenant < allocations.length; tenant++) {
      if (((present >>> tenant) & 1) === 0) continue;
      for (const queue of this.context.queuesOf(tenant)) if (queue.length > 0) this.attend(queue);
    }
  }

  /** A tenant may have been without work for long enough that its TPCs can be stolen. */
  private ownerIdle(tenant: number): void {
    const idleNs = this.context.now() - (this.drainedNs[tenant] as number);
    if (idleNs < this.stealAfterNs || !this.isDrained(tenant)) return;
    this.setPresent(this.present & ~(1 << tenant));
  }

  private isDrained(tenant: number): boolean {
    return this.context
      .queuesOf(tenant)
      .every((queue) => queue.length === 0 && queue.outstanding === 0);
  }

  /** Best-effort queues with nothing on the device may find TPCs that an owner has just left free. */
  private wakeBorrowers(owner: number): void {
    const { tenants } = this.context;
    for (let tenant = 0; tenant < tenants.length; tenant++) {
      if (tenant !== owner && tenants[tenant]?.class === 'be') this.wake(tenant);
    }
  }

  private wake(tenant: number): void {
    for (const queue of this.context.queuesOf(tenant)) {
      if (queue.outstanding === 0 && queue.length > 0) this.attend(queue);
    }
  }

  /** A queue whose TPCs all have long work before them tries again after a quantum. */
  private retryLater(queue: LaunchQueue): void {
    if (this.retrying || (this.allocations[queue.tenant] as Allocation).all.size === 0) return;
    this.retrying = true;
    this.context.setTimer(this.context.now() + this.quantumNs, TIMERS.retry);
  }

  private retry(): void {
    this.retrying = false;
    this.context.tenants.forEach((_, tenant) => {
      this.wake(tenant);
    });
  }

  private govern(): void {
    const { governor, context } = this;
    if (governor === undefined) return;
    const now = context.device.clocks.maxSmMhz / this.slow;
    const clock = governor.decide(now);
    if (clock !== now) context.setSmClock(clock);
    context.setTimer(context.now() + GOVERNOR_PERIOD_NS, TIMERS.govern);
  }

  /** Makes sure that somebody looks for overdue atoms while there is something on the device. */
  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    this.context.setTimer(this.context.now() + this.overdueNs, TIMERS.overdue);
  }

  private lookForOverdue(): void {
    this.watching = false;
    const before = this.overdue.tenants;
    if (this.overdue.check()) this.watch();
    if (this.overdue.tenants !== before) this.reallocate();
  }

  private stateOf(stream: number, tenant: number): StreamState {
    let state = this.states[stream];
    if (state === undefined) {
      state = new StreamState(this.slips[tenant] as number);
      this.states[stream] = state;
    }
    return state;
  }
}

/** What a confined tenant may use: its quota, and the TPCs that its overdue atoms hold anyway. */
function confinedTo({ own }: Allocation, held: TpcSet): Allocation {
  return { own, all: own.union(held), stolen: held.difference(own), confined: true };
}
