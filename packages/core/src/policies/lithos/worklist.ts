import type { LaunchQueue } from '../../launch-queue.ts';
import type { TenantSpec } from '../../policy.ts';

/** Streams of one tenant that keep their order among those of others. */
const STREAMS = 2 ** 20;

/**
 * Launch queues that await a decision. Decisions are taken when all that happens at an instant has
 * happened, high-priority tenants first, then by tenant and stream: so they do not hang on the order
 * in which simultaneous events were reported.
 */
export class Worklist {
  private readonly classRank: readonly number[];
  private readonly listed: boolean[] = [];
  private queues: LaunchQueue[] = [];
  private spare: LaunchQueue[] = [];

  constructor(tenants: readonly TenantSpec[]) {
    this.classRank = tenants.map((tenant, i) => (tenant.class === 'hp' ? i : tenants.length + i));
  }

  /** Adds a queue; true if the list was empty before. */
  add(queue: LaunchQueue): boolean {
    if (this.listed[queue.stream] === true) return false;
    this.listed[queue.stream] = true;
    return this.queues.push(queue) === 1;
  }

  has(queue: LaunchQueue): boolean {
    return this.listed[queue.stream] === true;
  }

  /** Those listed so far, in no order. */
  get waiting(): readonly LaunchQueue[] {
    return this.queues;
  }

  /** Empties the list and gives it in the order of decisions; valid until the next call. */
  take(): readonly LaunchQueue[] {
    const taken = this.queues;
    this.queues = this.spare;
    this.queues.length = 0;
    this.spare = taken;
    for (const queue of taken) this.listed[queue.stream] = false;
    if (taken.length > 1) taken.sort((a, b) => this.rank(a) - this.rank(b));
    return taken;
  }

  private rank(queue: LaunchQueue): number {
    return (this.classRank[queue.tenant] as number) * STREAMS + queue.stream;
  }
}
