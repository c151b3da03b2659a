import type { LaunchQueue } from '../../launch-queue.ts';
import type { PolicyContext } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { TpcSet } from '../../tpc-set.ts';
import { MS, type Ns } from '../../units.ts';
import type { StreamState } from './stream-state.ts';

/** An atom is overdue once it has taken this many times what was predicted, and the limit. */
const TIMES_PREDICTED = 10;

/**
 * Finds atoms that do not end: a kernel far longer than predicted, or an endless one. Nothing can take
 * the device away from a running atom, so its tenant is confined until it ends: it steals nothing
 * more, and what else it launches runs where that atom is and on its own quota.
 */
export class Overdue {
  /** Tenants with an overdue atom: one bit each. */
  tenants = 0;
  private readonly context: PolicyContext;
  private readonly states: readonly (StreamState | undefined)[];
  private readonly limitNs: Ns;

  /** @param states by stream */
  constructor(context: PolicyContext, states: readonly (StreamState | undefined)[], limitNs: Ns) {
    this.context = context;
    this.states = states;
    this.limitNs = limitNs;
  }

  /** Looks at what is on the device; true if there is anything, so that it has to look again. */
  check(): boolean {
    const { context } = this;
    let any = false;
    context.tenants.forEach((_, tenant) => {
      for (const queue of context.queuesOf(tenant)) {
        const oldest = queue.oldestInFlight();
        if (oldest === undefined) continue;
        any = true;
        this.look(queue, oldest);
      }
    });
    return any;
  }

  /** Notes that a submission has ended; true if that frees its tenant. */
  ended(submission: Submission, state: StreamState): boolean {
    if (state.overdue !== submission) return false;
    state.overdue = undefined;
    const { tenant, stream } = submission;
    const others = this.context.queuesOf(tenant).some((queue) => {
      return queue.stream !== stream && this.states[queue.stream]?.overdue !== undefined;
    });
    if (others) return false;
    this.tenants &= ~(1 << tenant);
    this.report(submission, 'recovered', submission.endNs - submission.startNs);
    return true;
  }

  /** TPCs that the overdue atoms of a tenant hold. */
  held(tenant: number): TpcSet {
    let held = TpcSet.EMPTY;
    for (const queue of this.context.queuesOf(tenant)) {
      held = held.union(this.states[queue.stream]?.overdue?.tpcs ?? TpcSet.EMPTY);
    }
    return held;
  }

  private look(queue: LaunchQueue, oldest: Submission): void {
    const state = this.states[queue.stream];
    if (state === undefined || state.overdue !== undefined) return;
    const since = Math.max(oldest.submittedNs, state.lastEndNs);
    const ns = this.context.now() - since;
    if (ns < this.limitNs || ns < TIMES_PREDICTED * oldest.predictedNs) return;
    state.overdue = oldest;
    const bit = 1 << queue.tenant;
    // What waits behind an overdue atom is overdue, too, sooner or later: that is no news.
    if ((this.tenants & bit) === 0) this.report(oldest, 'overdue', ns);
    this.tenants |= bit;
  }

  private report(submission: Submission, kind: 'overdue' | 'recovered', ns: Ns): void {
    const { tenant, work, launch, atom, predictedNs, tpcs } = submission;
    const does = kind === 'overdue' ? 'has an atom that has not ended after' : 'had one end after';
    this.context.report({
      atNs: this.context.now(),
      tenant,
      kind,
      detail:
        `${does} ${(ns / MS).toFixed(3)} ms, ${(predictedNs / MS).toFixed(3)} ms predicted: ` +
        `atom ${atom} of launch ${launch} ('${work.kernel.name}') on TPCs ${tpcs}`,
    });
  }
}
