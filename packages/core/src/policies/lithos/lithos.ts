import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision, Policy, PolicyContext, PolicyDefinition } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { TpcSet } from '../../tpc-set.ts';
import { type Ns, US } from '../../units.ts';
import { needsDomain } from '../needs.ts';
import { type Allocation, AllocationTable } from './allocation.ts';
import { PARAMETERS } from './parameters.ts';
import { Predictor } from './predictor.ts';

/** What an unseen launch counts towards the outstanding limit. */
const UNSEEN_NS = 20 * US;
/** Blocks per TPC of the first atom of an unseen launch on stolen TPCs: enough to learn from. */
const PROBE_BLOCKS_PER_TPC = 4;

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
    (device.capabilities.priorityLevels >= 3 ? undefined : 'it needs three stream priorities'),
  place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } })),
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

  /** Tenants that have work, or had some a moment ago: one bit each. */
  private present = 0;
  private allocations: readonly Allocation[];
  /** When a tenant ran out of work; meaningful while it has none. */
  private readonly drainedNs: Ns[];
  /** Predicted work on the device, by stream. */
  private readonly outstandingNs: Ns[] = [];
  private readonly predictors: Predictor[] = [];
  private readonly decision: Decision = {
    tpcs: TpcSet.EMPTY,
    priority: 0,
    blocks: 0,
    predictedNs: 0,
    stolen: TpcSet.EMPTY,
  };

  constructor(context: PolicyContext) {
    const value = (name: keyof typeof PARAMETERS): number => context.parameters[name] as number;
    this.context = context;
    this.table = new AllocationTable(context.tenants, context.device.tpcs, {
      enabled: value('stealing') === 1,
      bestEffortShare: value('stealing.best-effort-share'),
    });
    this.ownerPriority = context.device.capabilities.priorityLevels - 1;
    this.limitNs = value('outstanding.limit');
    this.quantumNs = value('atomizer.quantum');
    this.atomize = value('atomizer') === 1;
    this.stealAfterNs = value('stealing.after');
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
    const blocks = submission.blockEnd - submission.blockBegin;
    this.predictor(stream).observe(
      submission.work,
      submission.tpcs.size,
      ((submission.endNs - submission.startNs) * submission.work.kernel.blocks) / blocks,
    );
    this.outstandingNs[stream] =
      queue.outstanding === 0 ? 0 : (this.outstandingNs[stream] as number) - submission.predictedNs;
    this.dispatch(queue);
    if (queue.length === 0 && queue.outstanding === 0 && this.isDrained(tenant)) {
      const now = this.context.now();
      this.drainedNs[tenant] = now;
      this.context.setTimer(now + this.stealAfterNs, tenant);
    }
  }

  /** A tenant may have been without work for long enough that its TPCs can be stolen. */
  timerFired(tenant: number): void {
    const idleNs = this.context.now() - (this.drainedNs[tenant] as number);
    if (idleNs < this.stealAfterNs || !this.isDrained(tenant)) return;
    this.setPresent(tenant, false);
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
    if (allocation.all.size === 0) return;
    const stealing = allocation.stolen.size > 0;
    const { decision } = this;
    decision.tpcs = allocation.all;
    decision.stolen = allocation.stolen;
    decision.priority = !stealing
      ? this.ownerPriority
      : this.context.tenants[tenant]?.class === 'hp'
        ? 1
        : 0;
    while (queue.length > 0) {
      const outstanding = this.outstandingNs[stream] ?? 0;
      if (queue.outstanding > 0 && outstanding >= this.limitNs) return;
      this.nextAtom(queue, allocation.all.size, stealing);
      if (stealing && queue.outstanding > 0 && outstanding + decision.predictedNs > this.limitNs) {
        return;
      }
      this.outstandingNs[stream] = outstanding + decision.predictedNs;
      this.context.submit(queue, decision);
    }
  }

  /** Sizes the next atom of the head launch: `decision.blocks` and `decision.predictedNs`. */
  private nextAtom(queue: LaunchQueue, tpcs: number, stealing: boolean): void {
    const { decision } = this;
    const work = queue.headWork();
    const { kernel } = work;
    const remaining = kernel.blocks - queue.headBlock;
    const whole = this.predictor(queue.stream).predict(work, tpcs);
    decision.blocks = remaining;
    if (whole === undefined) {
      decision.predictedNs = UNSEEN_NS;
      if (stealing && this.atomize && kernel.splittable) {
        decision.blocks = Math.min(remaining, cut(PROBE_BLOCKS_PER_TPC * tpcs, kernel.clusterSize));
      }
      return;
    }
    const perBlock = whole / kernel.blocks;
    if (stealing && this.atomize && kernel.splittable && perBlock * remaining > this.quantumNs) {
      const atoms = Math.ceil((perBlock * remaining) / this.quantumNs);
      decision.blocks = Math.min(remaining, cut(Math.ceil(remaining / atoms), kernel.clusterSize));
    }
    decision.predictedNs = perBlock * decision.blocks;
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

/** Rounds blocks up to whole clusters. */
const cut = (blocks: number, cluster: number): number => Math.ceil(blocks / cluster) * cluster;
