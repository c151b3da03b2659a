import type { Outcome } from '@lithos/experiments';
import { describe, expect, it } from 'vitest';
import { joined } from './joined.ts';

const NONE = { mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 };

/** The outcome of a process of one tenant that ran a second. */
function outcome(name: string, requests: number, attained: number | undefined): Outcome {
  return {
    policy: 'streams',
    seed: 1,
    simulated_s: 1,
    launches: 10,
    tenants: [
      {
        name,
        class: attained === undefined ? 'be' : 'hp',
        requests,
        completed: requests,
        unfinished: 0,
        latency_ms: NONE,
        throughput_per_s: requests,
        goodput_per_s: requests,
        normalized_throughput: 0.5,
        normalized_goodput: 0.25,
      },
    ],
    // Each process reads the board's energy, and knows its own work only.
    device: { tpc_utilization_pct: 40, energy_j: 100, mean_power_w: 100, mean_sm_clock_mhz: 1980 },
    aggregate: {
      throughput_x: 0.5,
      goodput_x: 0.25,
      ...(attained !== undefined && { hp_slo_attainment_pct: attained }),
    },
    incidents: [{ at_ms: 500, tenant: name, kind: 'left', detail: 'it left' }],
  };
}

const RUN = { policy: 'mps', seed: 3, wallS: 2, tpcs: 4, busyTpcNs: 3e9, countedNs: 1.1e9 };

describe('the result of several processes', () => {
  const done = [
    { outcome: outcome('a', 30, 100), interrupted: false, offsetNs: 200e6 },
    { outcome: outcome('b', 10, 60), interrupted: false, offsetNs: 0 },
    { outcome: outcome('c', 5, undefined), interrupted: false, offsetNs: 0 },
  ];

  it('is that of a run from the first beginning to the last end', () => {
    const result = joined(RUN, done);
    expect(result).toMatchObject({ policy: 'mps', seed: 3, simulated_s: 1.2, launches: 30 });
    expect(result.tenants.map((t) => t.name)).toEqual(['a', 'b', 'c']);
    expect(result.exit).toBe('complete');
    // In the run's time: the process of the first began 200 ms after the others.
    expect(result.incidents?.map((i) => [i.tenant, i.at_ms])).toEqual([
      ['b', 500],
      ['c', 500],
      ['a', 700],
    ]);
  });

  it('has the time in which any of them had work, and the energy once', () => {
    const { device } = joined(RUN, done);
    expect(device.tpc_utilization_pct).toBeCloseTo((100 * 3) / (1.2 * 4));
    expect(device).toMatchObject({ energy_j: 100, mean_power_w: 100, mean_sm_clock_mhz: 1980 });
  });

  it('is never busy for longer than it is looked at', () => {
    const { device } = joined({ ...RUN, busyTpcNs: 5.2e9, countedNs: 1.3e9 }, done);
    expect(device.tpc_utilization_pct).toBeCloseTo(100);
  });

  it('weighs attainment by requests, of those who have objectives', () => {
    const { aggregate } = joined(RUN, done);
    expect(aggregate.hp_slo_attainment_pct).toBeCloseTo((30 * 100 + 10 * 60) / 40);
    expect(aggregate).toMatchObject({ throughput_x: 1.5, goodput_x: 0.75 });
  });

  it('says that one of them was interrupted', () => {
    const [first, ...others] = done;
    if (first === undefined) throw new Error('there is one');
    expect(joined(RUN, [{ ...first, interrupted: true }, ...others]).exit).toBe('interrupted');
  });
});
