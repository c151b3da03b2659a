import { describe, expect, it } from 'vitest';
import type { Slo } from '../scenario-types.ts';
import { aggregate, refusedTenant, TenantMetrics } from './tenant-metrics.ts';

const S = 1e9;

function tenant(slo: Slo = {}, llm = false): TenantMetrics {
  return new TenantMetrics({ name: 't', class: 'hp', slo, llm, warmupNs: S, endNs: 11 * S });
}

/** A request with these times in seconds arrives and completes. */
function run(metrics: TenantMetrics, arrival: number, end: number): boolean {
  metrics.requestArrived(arrival * S);
  return metrics.requestFinished({ arrivalNs: arrival * S, startNs: arrival * S, endNs: end * S });
}

const END = { endNs: 11 * S, soloPerS: 1, unfinished: [] };

describe('TenantMetrics', () => {
  it('measures requests that arrive in the window, and completions in the window', () => {
    const metrics = tenant();
    run(metrics, 0, 0.5); // before the window
    run(metrics, 0.9, 1.5); // straddles its start: throughput only
    run(metrics, 1, 2);
    run(metrics, 5, 8);
    metrics.requestArrived(11 * S); // at the end: outside
    const { result } = metrics.finish(END);
    expect(result).toMatchObject({ requests: 2, completed: 2, unfinished: 0 });
    expect(result.latency_ms).toMatchObject({ mean: 2000, p50: 1000, p99: 3000, max: 3000 });
    expect(result.throughput_per_s).toBeCloseTo(0.3, 12);
    expect(result.goodput_per_s).toBe(result.throughput_per_s);
    expect(result.normalized_throughput).toBe(result.throughput_per_s);
    expect(result).not.toHaveProperty('slo_attainment_pct');
    expect(result).not.toHaveProperty('ttft_ms');
  });

  it('counts late unfinished requests as misses and leaves out those that could be in time', () => {
    const metrics = tenant({ latencyP99Ns: 2 * S });
    expect(run(metrics, 2, 4)).toBe(true);
    expect(run(metrics, 2, 4.1)).toBe(false);
    for (const arrival of [3, 8, 9.5, 10]) metrics.requestArrived(arrival * S);
    const unfinished = [0.5, 3, 8, 9.5, 10].map((arrival) => ({ arrivalNs: arrival * S }));
    const { result, sloCounted, sloMet } = metrics.finish({ ...END, unfinished });
    expect(result).toMatchObject({ requests: 6, completed: 2, unfinished: 4 });
    expect({ sloCounted, sloMet }).toEqual({ sloCounted: 4, sloMet: 1 });
    expect(result.slo_attainment_pct).toBe(25);
    expect(result.goodput_per_s).toBeCloseTo(0.1, 12);
  });

  it('gives LLM tenants time to first token and per output token', () => {
    const metrics = tenant({ ttftP99Ns: 2 * S, tpotP99Ns: 0.5 * S }, true);
    const times = { arrivalNs: 2 * S, startNs: 3 * S, firstTokenNs: 4 * S };
    for (let i = 0; i < 4; i++) metrics.requestArrived(2 * S);
    expect(metrics.requestFinished({ ...times, endNs: 6 * S, outputTokens: 5 })).toBe(true);
    expect(metrics.requestFinished({ ...times, endNs: 6 * S, outputTokens: 4 })).toBe(false);
    expect(metrics.requestFinished({ ...times, endNs: 4 * S, outputTokens: 1 })).toBe(true);
    // Its first token came late: a miss, although it runs.
    const unfinished = [{ arrivalNs: 2 * S, firstTokenNs: 4.5 * S }];
    const { result } = metrics.finish({ ...END, unfinished });
    expect(result.ttft_ms).toMatchObject({ mean: 2000, max: 2000 });
    expect(result.tpot_ms?.p50).toBe(500);
    expect(result.tpot_ms?.max).toBeCloseTo(2000 / 3, 9);
    expect(result.slo_attainment_pct).toBe(50);
  });

  it('takes a completion after the end as unfinished', () => {
    const metrics = tenant({ latencyP99Ns: 5 * S });
    run(metrics, 2, 12);
    run(metrics, 10, 12);
    const { result } = metrics.finish(END);
    expect(result).toMatchObject({ requests: 2, completed: 0, unfinished: 2 });
    expect(result.slo_attainment_pct).toBe(0);
    expect(result.throughput_per_s).toBe(0);
  });

  it('gives rates over the shorter window of an interrupted run', () => {
    const metrics = tenant();
    run(metrics, 2, 3);
    expect(metrics.finish({ ...END, endNs: 3 * S }).result.throughput_per_s).toBe(0.5);
    expect(tenant().finish({ ...END, endNs: 0.5 * S }).result.throughput_per_s).toBe(0);
  });

  it('refuses an LLM request without a token', () => {
    expect(() => run(tenant({}, true), 2, 3)).toThrow("LLM tenant 't' completed without a token");
  });
});

it('aggregates over tenants', () => {
  const first = tenant({ latencyP99Ns: S });
  run(first, 2, 3);
  run(first, 2, 3.5);
  const second = tenant({ latencyP99Ns: S });
  run(second, 2, 3);
  const figures = [
    first.finish({ ...END, soloPerS: 0.5 }),
    second.finish({ ...END, soloPerS: 0.2 }),
    refusedTenant({ name: 'r', class: 'hp' }, 'no instance is left'),
  ];
  const { throughput_x, goodput_x, hp_slo_attainment_pct } = aggregate(figures);
  expect(throughput_x).toBeCloseTo(0.9, 12);
  expect(goodput_x).toBeCloseTo(0.7, 12);
  expect(hp_slo_attainment_pct).toBeCloseTo(200 / 3, 12);
  expect(aggregate(figures.slice(2))).toEqual({ throughput_x: 0, goodput_x: 0 });
});
