import { LithosError } from '../../errors.ts';
import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision, Policy, PolicyContext, PolicyDefinition } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { TpcSet } from '../../tpc-set.ts';
import { type Mhz, type Ns, US } from '../../units.ts';
import { needsDomain } from '../needs.ts';
import { type Allocation, AllocationTable, MAX_TENANTS } from './allocation.ts';
import { GOVERNOR_PERIOD_NS, Governor } from './governor.ts';
import { PARAMETERS } from './parameters.ts';
import { Predictor } from './predictor.ts';
import { RightSizer } from './right-sizer.ts';
import { TpcTimers } from './tpc-timers.ts';
import { Waves, waveCount, wholeClusters } from './waves.ts';

/** What an unseen launch counts towards the outstanding limit. */
const UNSEEN_NS = 20 * US;

/** LithOS: TPC quotas, stealing of idle TPCs, atoms, and a bound on what is on the device. */
export const lithos: PolicyDefinition = {
  name: 'lithos',
  description: 'LithOS: TPC quotas, stealing of idle TPCs, long kernels in atoms',
  parameters: PARAMETERS,
  unsupported: (device) =>
    needsDomain('shared')(device) ??
    (device.capabilities.tpcGranularity === 1
      ? undefined
      : 'it confines launches to single TPCs, and the device cannot') ??
    (device.capabilities.atoms
      ? undefined
      : 'it cuts launches into atoms, and the device cannot') ??
    (device.capabilities.priorityLevels >= 3 ? undefined : 'it needs three stream priorities'),
  place: (tenants) => {
    if (tenants.length > MAX_TENANTS) {
      throw new LithosError(
        'E_POLICY_TENANTS',
        `policy 'lithos' takes at most ${MAX_TENANTS} tenants, not ${tenants.length}`,
        'put several tenants together, or leave some out',
      );
    }
    return tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } }));
  },
  create: (context) => new LithosPolicy(context),
};

class LithosPolicy implements Policy {
  private readonly context: PolicyContext;
  private readonly table: AllocationTable;
  private readonly ownerPriority: number;
  private readonly limitNs: Ns;
  private readonly quantumNs: Ns;
  private readonly atomize: boolean;
  private readonly stealAfterNs: Ns;
  /** Slip of right-sizing; `undefined` if it is off. */
  private readonly slip: number | undefined;
  private readonly governor: Governor | undefined;
  /** Greatest SM clock over the present one. */
  private slow = 1;
  /** By stream, then by number of TPCs at hand. */
  private readonly sizers: Map<number, RightSizer>[] = [];

  /** Tenants that have work, or had some a moment ago: one bit each. */
  private present = 0;
  private allocations: readonly Allocation[];
  /** When a tenant ran out of work; meaningful while it has none. */
  private readonly drainedNs: Ns[];
  /** Predicted work on the device, by stream. */
  private readonly outstandingNs: Ns[] = [];
  private readonly predictors: Predictor[] = [];
  private readonly timers = new TpcTimers();
  /** A retry for queues that found no TPC free has been set. */
  private retrying = false;
  private readonly waves: Waves;
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
    this.context = context;
    this.waves = new Waves(context.device);
    this.table = new AllocationTable(context.tenants, context.device.tpcs, {
      enabled: value('stealing') === 1,
      bestEffortShare: value('stealing.best-effort-share'),
    });
    this.ownerPriority = context.device.capabilities.priorityLevels - 1;
    this.limitNs = value('outstanding.limit');
    this.quantumNs = value('atomizer.quantum');
    this.atomize = value('atomizer') === 1;
    this.stealAfterNs = value('stealing.after');
    this.slip = value('right-sizing') === 1 ? value('right-sizing.slip') : undefined;
    if (value('power') === 1) {
      const { settableSmMhz } = context.device.clocks;
      const slipShare = value('power.slip') - 1;
      this.governor = new Governor(context.tenants.length, settableSmMhz, slipShare);
      context.setTimer(context.now() + GOVERNOR_PERIOD_NS, this.governorTimer);
    }
    this.allocations = this.table.of(0);
    this.drainedNs = context.tenants.map(() => 0);
  }

  launchQueued(queue: LaunchQueue): void {
    if (queue.outstanding > 0 && (this.outstandingNs[queue.stream] as number) >= this.limitNs) {
      return;
    }
    this.setPresent(queue.tenant, true);
    this.dispatch(queue);
  }

  submissionCompleted(submission: Submission, queue: LaunchQueue): void {
    const { stream, tenant } = queue;
    const { work, tpcs } = submission;
    const wave = this.waves.blocks(work.kernel, tpcs.size);
    const share =
      waveCount(submission.blockEnd - submission.blockBegin, wave) /
      waveCount(work.kernel.blocks, wave);
    const wholeNs = (submission.endNs - submission.startNs) / share;
    const predictor = this.predictor(stream);
    this.governor?.note(tenant, wholeNs, predictor.predict(work, tpcs.size));
    predictor.observe(work, tpcs.size, wholeNs, this.slow);
    // Only whole launches tell how a kernel scales, and only those on TPCs at hand at the time.
    if (this.slip !== undefined && share === 1 && submission.sizedFrom > 0) {
      this.sizer(stream, submission.sizedFrom).observe(work, tpcs.size, wholeNs);
    }
    this.outstandingNs[stream] =
      queue.outstanding === 0 ? 0 : (this.outstandingNs[stream] as number) - submission.predictedNs;
    this.dispatch(queue);
    if (this.slip !== undefined) this.wakeBorrowers(tenant);
    if (queue.length === 0 && queue.outstanding === 0 && this.isDrained(tenant)) {
      const now = this.context.now();
      this.drainedNs[tenant] = now;
      this.context.setTimer(now + this.stealAfterNs, tenant);
    }
  }

  clockChanged(mhz: Mhz): void {
    this.slow = this.context.device.clocks.maxSmMhz / mhz;
  }

  timerFired(timer: number): void {
    if (timer === this.governorTimer) this.govern();
    else if (timer === this.retryTimer) this.retry();
    else this.ownerIdle(timer);
  }

  private govern(): void {
    const { governor, context } = this;
    if (governor === undefined) return;
    const now = context.device.clocks.maxSmMhz / this.slow;
    const clock = governor.decide(now);
    if (clock !== now) context.setSmClock(clock);
    context.setTimer(context.now() + GOVERNOR_PERIOD_NS, this.governorTimer);
  }

  private get governorTimer(): number {
    return this.context.tenants.length;
  }

  private get retryTimer(): number {
    return this.context.tenants.length + 1;
  }

  /** Queues whose TPCs all had long work before them try again. */
  private retry(): void {
    this.retrying = false;
    this.context.tenants.forEach((_, tenant) => {
      for (const queue of this.context.queuesOf(tenant)) {
        if (queue.outstanding === 0 && queue.length > 0) this.dispatch(queue);
      }
    });
  }

  /** A tenant may have been without work for long enough that its TPCs can be stolen. */
  private ownerIdle(tenant: number): void {
    const idleNs = this.context.now() - (this.drainedNs[tenant] as number);
    if (idleNs < this.stealAfterNs || !this.isDrained(tenant)) return;
    this.setPresent(tenant, false);
  }

  /** Best-effort queues with nothing on the device may find TPCs that an owner has just left free. */
  private wakeBorrowers(owner: number): void {
    const { tenants } = this.context;
    for (let tenant = 0; tenant < tenants.length; tenant++) {
      if (tenant === owner || tenants[tenant]?.class !== 'be') continue;
      for (const queue of this.context.queuesOf(tenant)) {
        if (queue.outstanding === 0 && queue.length > 0) this.dispatch(queue);
      }
    }
  }

  private isDrained(tenant: number): boolean {
    return this.context
      .queuesOf(tenant)
      .every((queue) => queue.length === 0 && queue.outstanding === 0);
  }

  /** Changes who has work; those who gained TPCs by it go on at once. */
  private setPresent(tenant: number, here: boolean): void {
    const bit = 1 << tenant;
    const present = here ? this.present | bit : this.present & ~bit;
    if (present === this.present) return;
    this.present = present;
    this.allocations = this.table.of(present);
    for (let other = 0; other < this.allocations.length; other++) {
      if (other === tenant || ((present >>> other) & 1) === 0) continue;
      for (const queue of this.context.queuesOf(other)) this.dispatch(queue);
    }
  }

  /** Submits from a queue until the outstanding limit is reached. */
  private dispatch(queue: LaunchQueue): void {
    const { stream, tenant } = queue;
    const allocation = this.allocations[tenant] as Allocation;
    const { decision } = this;
    while (queue.length > 0) {
      const outstanding = this.outstandingNs[stream] ?? 0;
      if (queue.outstanding > 0 && outstanding >= this.limitNs) return;
      this.placeHead(queue, allocation);
      if (decision.tpcs.size === 0) return;
      // Best-effort work and work on stolen TPCs must be able to make room for others.
      const stealing = decision.stolen.size > 0;
      this.nextAtom(queue, decision.tpcs.size, stealing || decision.priority === 0);
      if (stealing && queue.outstanding > 0 && outstanding + decision.predictedNs > this.limitNs) {
        return;
      }
      this.outstandingNs[stream] = outstanding + decision.predictedNs;
      // Shorter work is gone before it could matter to a thief, who looks a quantum ahead.
      if (decision.predictedNs > this.quantumNs - this.limitNs) {
        this.timers.reserve(decision.tpcs, this.context.now(), decision.predictedNs);
      }
      this.context.submit(queue, decision);
    }
  }

  /** Chooses TPCs and priority for the head launch of a queue. */
  private placeHead(queue: LaunchQueue, allocation: Allocation): void {
    const { decision } = this;
    const highPriority = this.context.tenants[queue.tenant]?.class === 'hp';
    decision.tpcs = allocation.all;
    decision.stolen = allocation.stolen;
    decision.sizedFrom = 0;
    if (this.slip !== undefined) {
      if (highPriority) this.rightSize(queue, allocation);
      else this.borrow(allocation);
    }
    if (decision.stolen.size > 0) this.avoidBusy();
    decision.stolenFrom = decision.stolen.size === 0 ? 0 : this.table.ownersOf(decision.stolen);
    decision.priority = !highPriority ? 0 : decision.stolen.size > 0 ? 1 : this.ownerPriority;
  }

  /** Leaves out stolen TPCs that have longer work before them than an atom. */
  private avoidBusy(): void {
    const { decision, context } = this;
    const now = context.now();
    const free = this.timers.freeBy(decision.stolen, now + this.quantumNs);
    if (free === decision.stolen) return;
    decision.tpcs = decision.tpcs.difference(decision.stolen.difference(free));
    decision.stolen = free;
    if (decision.tpcs.size > 0 || this.retrying) return;
    this.retrying = true;
    context.setTimer(now + this.quantumNs, this.retryTimer);
  }

  /** Takes no more TPCs than the head launch needs, its tenant's own before others. */
  private rightSize(queue: LaunchQueue, { own, all, stolen }: Allocation): void {
    const { decision } = this;
    const work = queue.headWork();
    if (!work.kernel.splittable || queue.headBlock > 0) return;
    const bound = Math.ceil(work.kernel.blocks / this.context.device.smsPerTpc);
    const size = this.sizer(queue.stream, all.size).size(work, bound);
    decision.sizedFrom = all.size;
    if (size >= all.size) return;
    const first = own.lowest(size);
    decision.tpcs = first.union(all.difference(own).lowest(size - first.size));
    decision.stolen = stolen.intersection(decision.tpcs);
  }

  /** Adds the TPCs that present owners leave free in all they have on the device. */
  private borrow(allocation: Allocation): void {
    const { decision } = this;
    for (let owner = 0; owner < this.allocations.length; owner++) {
      const { own } = this.allocations[owner] as Allocation;
      if (own.size === 0 || own === allocation.own) continue;
      let free = own;
      for (const queue of this.context.queuesOf(owner))
        free = free.difference(queue.tpcsInFlight());
      decision.tpcs = decision.tpcs.union(free);
      decision.stolen = decision.stolen.union(free);
    }
  }

  /**
   * Sizes the next atom of the head launch: `decision.blocks` and `decision.predictedNs`. An
   * interruptible launch is cut so that others wait no longer than a quantum; an atom has whole waves,
   * because a part of a wave takes as long as all of it.
   */
  private nextAtom(queue: LaunchQueue, tpcs: number, interruptible: boolean): void {
    const { decision } = this;
    const work = queue.headWork();
    const { kernel } = work;
    const remaining = kernel.blocks - queue.headBlock;
    const whole = this.predictor(queue.stream).predict(work, tpcs, this.slow);
    const cuts = interruptible && this.atomize && kernel.splittable;
    const wave = this.waves.blocks(kernel, tpcs);
    decision.blocks = remaining;
    if (whole === undefined) {
      decision.predictedNs = UNSEEN_NS;
      if (cuts) decision.blocks = Math.min(remaining, wholeClusters(wave, kernel.clusterSize));
      return;
    }
    const waveNs = whole / waveCount(kernel.blocks, wave);
    const remainingWaves = waveCount(remaining, wave);
    if (cuts && waveNs * remainingWaves > this.quantumNs) {
      const atomWaves = Math.max(1, Math.floor(this.quantumNs / waveNs));
      const blocks = wholeClusters(atomWaves * wave, kernel.clusterSize);
      decision.blocks = Math.min(remaining, blocks);
    }
    decision.predictedNs = waveNs * waveCount(decision.blocks, wave);
  }

  private sizer(stream: number, tpcs: number): RightSizer {
    let bySize = this.sizers[stream];
    if (bySize === undefined) {
      bySize = new Map();
      this.sizers[stream] = bySize;
    }
    let sizer = bySize.get(tpcs);
    if (sizer === undefined) {
      sizer = new RightSizer(tpcs, this.slip ?? 1);
      bySize.set(tpcs, sizer);
    }
    return sizer;
  }

  private predictor(stream: number): Predictor {
    let predictor = this.predictors[stream];
    if (predictor === undefined) {
      predictor = new Predictor();
      this.predictors[stream] = predictor;
      this.outstandingNs[stream] ??= 0;
    }
    return predictor;
  }
}
