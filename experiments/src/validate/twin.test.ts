import { describe, expect, it } from 'vitest';
import type { CompareResult } from '../results.ts';
import { validateTwin } from './twin.ts';

function comparison(p50: number, p99: number, throughput: number): CompareResult {
  const tenant = (name: string, slo: object) => ({
    name,
    class: 'hp',
    latency_ms: { p50, p99 },
    throughput_per_s: throughput,
    ...slo,
  });
  return {
    scenario: 'pair',
    runs: ['lithos', 'mps'].map((policy) => ({
      policy,
      seed: 1,
      tenants: [tenant('service', { slo_attainment_pct: 99 }), tenant('train', {})],
    })),
  } as unknown as CompareResult;
}

describe('the twin', () => {
  it('is judged by latencies of services and throughput of loops', () => {
    const result = validateTwin([
      { measured: comparison(2, 10, 50), predicted: comparison(2.2, 8, 55) },
    ]);
    expect(
      result.cases.slice(0, 3).map((c) => [c.id, c.quantity, Math.round(c.error_pct)]),
    ).toEqual([
      ['pair/lithos/1/service', 'latency_p50_ms', 10],
      ['pair/lithos/1/service', 'latency_p99_ms', -20],
      ['pair/lithos/1/train', 'throughput_per_s', 10],
    ]);
    expect(result.policies.map((p) => p.policy)).toEqual(['lithos', 'mps']);
    expect(result.median_abs_error_pct).toBeCloseTo(10);
  });

  it('leaves out policies that were not predicted', () => {
    const measured = comparison(1, 1, 1);
    const predicted = { ...measured, runs: measured.runs.slice(0, 1) };
    const result = validateTwin([{ measured, predicted }]);
    expect(result.cases).toHaveLength(3);
    expect(result.left_out).toEqual(['pair/mps/1: the run was not predicted']);
  });

  it('says which tenants it leaves out, and needs at least one', () => {
    const predicted = comparison(1, 1, 1);
    const stalled = validateTwin([{ measured: comparison(1, 1, 0), predicted }]);
    expect(stalled.cases.every((c) => Number.isFinite(c.error_pct))).toBe(true);
    expect(stalled.left_out).toEqual([
      'pair/lithos/1/train: throughput_per_s was measured as 0, and predicted as 1',
      'pair/mps/1/train: throughput_per_s was measured as 0, and predicted as 1',
    ]);
    const renamed = JSON.parse(JSON.stringify(predicted).replaceAll('"service"', '"other"'));
    expect(validateTwin([{ measured: renamed, predicted }]).left_out).toEqual([
      'pair/lithos/1/other: the scenario has no such tenant',
      'pair/mps/1/other: the scenario has no such tenant',
    ]);
    const measured = { ...predicted, runs: [] };
    expect(() => validateTwin([{ measured, predicted }])).toThrow('there are no runs');
  });
});
