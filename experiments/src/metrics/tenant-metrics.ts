import { type Ns, SECOND } from '@lithos/core';
import type { AggregateResult, TenantResult } from '../results.ts';
import type { Slo } from '../scenario-types.ts';
import {
  type FinishedRequest,
  hasObjective,
  isLate,
  meetsObjectives,
  timePerOutputToken,
  type UnfinishedRequest,
} from './objectives.ts';
import { Samples } from './samples.ts';

export interface TenantMetricsOptions {
  readonly name: string;
  readonly class: 'hp' | 'be';
  readonly slo: Slo;
  /** An LLM tenant: its requests state `firstTokenNs` and `outputTokens`. */
  readonly llm: boolean;
  /** Start of the measured window. */
  readonly warmupNs: Ns;
  /** Planned end of the run and of the window. */
  readonly endNs: Ns;
}

/** How a tenant's run ended. */
export interface TenantEnd {
  /** When the run ended: earlier than planned if it was interrupted. */
  readonly endNs: Ns;
  /** Requests per second of the tenant alone on the device, at its greatest rate. */
  readonly soloPerS: number;
  readonly unfinished: Iterable<UnfinishedRequest>;
}

/** A tenant's figures, with the counts that an aggregate needs. */
export interface TenantFigures {
  readonly result: TenantResult;
  /** Requests that count for SLO attainment, and those of them within the objectives. */
  readonly sloCounted: number;
  readonly sloMet: number;
}

/**
 * Collects the requests of one tenant. Latencies, SLO attainment and counts are over the requests
 * that arrive in the measured window; throughput and goodput over those that complete in it. The
 * catalogue of metrics states each rule. Memory does not grow with the run.
 */
export class TenantMetrics {
  private readonly options: TenantMetricsOptions;
  private readonly latency = new Samples();
  private readonly ttft = new Samples();
  private readonly tpot = new Samples();
  private requests = 0;
  private completed = 0;
  private met = 0;
  private late = 0;
  private completedInWindow = 0;
  private metInWindow = 0;

  constructor(options: TenantMetricsOptions) {
    this.options = options;
  }

  /** A request arrived. */
  requestArrived(arrivalNs: Ns): void {
    if (this.isMeasured(arrivalNs)) this.requests += 1;
  }

  /** A request completed; returns whether it met the tenant's objectives. */
  requestFinished(request: FinishedRequest): boolean {
    const { options } = this;
    const { arrivalNs, endNs, firstTokenNs } = request;
    if (options.llm && firstTokenNs === undefined) {
      throw new Error(`a request of LLM tenant '${options.name}' completed without a token`);
    }
    const met = meetsObjectives(request, options.slo);
    // A real device may finish what was running when the run ended; that is unfinished all the same.
    if (endNs > options.endNs) {
      this.requestUnfinished(request, options.endNs);
      return met;
    }
    if (endNs >= options.warmupNs) {
      this.completedInWindow += 1;
      if (met) this.metInWindow += 1;
    }
    if (!this.isMeasured(arrivalNs)) return met;
    this.completed += 1;
    if (met) this.met += 1;
    this.latency.add(endNs - arrivalNs);
    if (firstTokenNs !== undefined) this.ttft.add(firstTokenNs - arrivalNs);
    const tpot = timePerOutputToken(request);
    if (tpot !== undefined) this.tpot.add(tpot);
    return met;
  }

  /** The tenant's figures; call once, at the end. */
  finish({ endNs, soloPerS, unfinished }: TenantEnd): TenantFigures {
    const { name, class: tenantClass, slo, llm, warmupNs } = this.options;
    for (const request of unfinished) this.requestUnfinished(request, endNs);
    const seconds = Math.max(0, endNs - warmupNs) / SECOND;
    const perS = (count: number): number => (seconds > 0 ? count / seconds : 0);
    const normalized = (rate: number): number => (soloPerS > 0 ? rate / soloPerS : 0);
    const throughput = perS(this.completedInWindow);
    const goodput = perS(this.metInWindow);
    const sloCounted = hasObjective(slo) ? this.completed + this.late : 0;
    const result: TenantResult = {
      name,
      class: tenantClass,
      requests: this.requests,
      completed: this.completed,
      unfinished: this.requests - this.completed,
      latency_ms: this.latency.distribution(),
      ...(llm && { ttft_ms: this.ttft.distribution(), tpot_ms: this.tpot.distribution() }),
      ...(sloCounted > 0 && { slo_attainment_pct: (100 * this.met) / sloCounted }),
      throughput_per_s: throughput,
      goodput_per_s: goodput,
      normalized_throughput: normalized(throughput),
      normalized_goodput: normalized(goodput),
    };
    return { result, sloCounted, sloMet: sloCounted > 0 ? this.met : 0 };
  }

  private requestUnfinished(request: UnfinishedRequest, nowNs: Ns): void {
    const { arrivalNs, firstTokenNs } = request;
    const seen =
      firstTokenNs !== undefined && firstTokenNs <= nowNs
        ? { arrivalNs, firstTokenNs }
        : { arrivalNs };
    if (this.isMeasured(arrivalNs) && isLate(seen, this.options.slo, nowNs)) this.late += 1;
  }

  private isMeasured(arrivalNs: Ns): boolean {
    return arrivalNs >= this.options.warmupNs && arrivalNs < this.options.endNs;
  }
}

/** Figures of a tenant that the policy had no room for. */
export function refusedTenant(
  tenant: { readonly name: string; readonly class: 'hp' | 'be' },
  reason: string,
): TenantFigures {
  const result: TenantResult = {
    name: tenant.name,
    class: tenant.class,
    refused: reason,
    requests: 0,
    completed: 0,
    unfinished: 0,
    latency_ms: new Samples().distribution(),
    throughput_per_s: 0,
    goodput_per_s: 0,
    normalized_throughput: 0,
    normalized_goodput: 0,
  };
  return { result, sloCounted: 0, sloMet: 0 };
}

/** What all tenants together achieved. */
export function aggregate(tenants: readonly TenantFigures[]): AggregateResult {
  const sum = (value: (tenant: TenantFigures) => number): number =>
    tenants.reduce((total, tenant) => total + value(tenant), 0);
  const hp = (count: number, { result }: TenantFigures): number =>
    result.class === 'hp' ? count : 0;
  const counted = sum((tenant) => hp(tenant.sloCounted, tenant));
  return {
    throughput_x: sum(({ result }) => result.normalized_throughput),
    goodput_x: sum(({ result }) => result.normalized_goodput),
    ...(counted > 0 && {
      hp_slo_attainment_pct: (100 * sum((tenant) => hp(tenant.sloMet, tenant))) / counted,
    }),
  };
}
