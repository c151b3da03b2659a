import { describe, expect, it } from 'vitest';
import type { CompareResult, Distribution, RunResult, TenantResult } from '../results.ts';
import { compareCsv } from './compare-csv.ts';
import { compareTable } from './compare-table.ts';
import type { Paint } from './paint.ts';

const spans = (p50: number, p99: number): Distribution => ({
  mean: p50,
  p50,
  p90: p99,
  p95: p99,
  p99,
  max: p99,
});

function tenant(name: string, p99: number, more: Partial<TenantResult> = {}): TenantResult {
  return {
    name,
    class: 'hp',
    requests: 1200,
    completed: 1190,
    unfinished: 10,
    latency_ms: spans(p99 / 2, p99),
    slo_attainment_pct: 99.6,
    throughput_per_s: 19.8,
    goodput_per_s: 19.7,
    normalized_throughput: 0.35,
    normalized_goodput: 0.35,
    ...more,
  };
}

function run(
  policy: string,
  tenants: readonly TenantResult[],
  more: Partial<RunResult> = {},
): RunResult {
  return {
    policy,
    seed: 1,
    simulated_s: 60,
    wall_s: 4,
    launches: 1000,
    launches_per_wall_s: 250,
    run_dir: undefined,
    exit: 'complete',
    tenants,
    device: { tpc_utilization_pct: 50, energy_j: 1, mean_power_w: 250, mean_sm_clock_mhz: 1410 },
    aggregate: { throughput_x: 1.21, goodput_x: 1.2, hp_slo_attainment_pct: 99.6 },
    ...more,
  };
}

const chat = (p99: number, more: Partial<TenantResult> = {}) =>
  tenant('chat', p99, { ttft_ms: spans(100, 300), tpot_ms: spans(10, 20), ...more });
const train = (more: Partial<TenantResult> = {}): TenantResult => {
  const { slo_attainment_pct: _, ...rest } = tenant('train', 250, { class: 'be', ...more });
  return rest;
};

const RESULT: CompareResult = {
  schema: 'lithos/compare@1',
  scenario: 'quickstart',
  device: 'a100-40gb',
  backend: 'sim',
  runs: [
    run('lithos', [chat(1400), train()]),
    run('mps', [chat(12_300, { slo_attainment_pct: 61.2 }), train()]),
    run('mig', [
      chat(1380),
      train({ refused: 'all seven compute slices are taken: no instance is left for it' }),
    ]),
  ],
};

const TENANTS = [
  { name: 'chat', slo: { latencyP99Ns: 2e9, ttftP99Ns: 5e8 } },
  { name: 'train', slo: {} },
];

describe('compareTable', () => {
  it('shows tenants by policy and ends in words', () => {
    expect(compareTable(RESULT, TENANTS, { width: 120 })).toMatchInlineSnapshot(`
      "quickstart on a100-40gb, simulated

      policy  tenant  class  requests   done  P50 ms  P99 ms  TTFT P99  objective                 met %  done/s  of alone
      lithos  chat    hp        1,200  1,190     700   1,400       300  P99 ≤ 2 s, TTFT ≤ 500 ms   99.6    19.8      0.35
              train   be        1,200  1,190     125     250                                               19.8      0.35
              all                                                                                  99.6              1.21

      mps     chat    hp        1,200  1,190   6,150  12,300       300  P99 ≤ 2 s, TTFT ≤ 500 ms   61.2    19.8      0.35
              train   be        1,200  1,190     125     250                                               19.8      0.35
              all                                                                                  99.6              1.21

      mig     chat    hp        1,200  1,190     690   1,380       300  P99 ≤ 2 s, TTFT ≤ 500 ms   99.6    19.8      0.35
              train   be     refused: all seven compute slices are taken: no instance is left for it
              all                                                                                  99.6              1.21

      LithOS holds chat's P99 at 1.4 s; under mps it is 12.3 s (8.8x), under mig it is 1.38 s (about the same).
      Together the tenants do 1.21x what one does alone, against 1.21x under mps, 1.21x under mig.
      mig has no room for train.
      "
    `);
  });

  it('leaves columns out until it fits', () => {
    expect(compareTable(RESULT, TENANTS, { width: 80 })).toMatchInlineSnapshot(`
      "quickstart on a100-40gb, simulated

      policy  tenant  class  P99 ms  objective                 met %  done/s  of alone
      lithos  chat    hp      1,400  P99 ≤ 2 s, TTFT ≤ 500 ms   99.6    19.8      0.35
              train   be        250                                     19.8      0.35
              all                                               99.6              1.21

      mps     chat    hp     12,300  P99 ≤ 2 s, TTFT ≤ 500 ms   61.2    19.8      0.35
              train   be        250                                     19.8      0.35
              all                                               99.6              1.21

      mig     chat    hp      1,380  P99 ≤ 2 s, TTFT ≤ 500 ms   99.6    19.8      0.35
              train   be     refused: all seven compute slices are taken: no instance
                             is left for it
              all                                               99.6              1.21

      LithOS holds chat's P99 at 1.4 s; under mps it is 12.3 s (8.8x), under mig it is
      1.38 s (about the same).
      Together the tenants do 1.21x what one does alone, against 1.21x under mps,
      1.21x under mig.
      mig has no room for train.
      "
    `);
    for (const width of [60, 80, 100, 120]) {
      const lines = compareTable(RESULT, TENANTS, { width }).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  it('paints without moving anything', () => {
    const mark = (text: string): string => `<${text}>`;
    const paint: Paint = { bold: mark, dim: mark, good: mark, bad: (text) => `!${text}!` };
    const painted = compareTable(RESULT, TENANTS, { width: 100, paint });
    expect(painted).toContain('!12,300!');
    expect(painted).toContain('<1,400>');
    expect(painted.replaceAll(/[<>!]/g, '')).toBe(compareTable(RESULT, TENANTS, { width: 100 }));
  });

  it('averages seeds and tells of runs that ended early', () => {
    const runs = [
      run('lithos', [chat(1000), train()]),
      run('lithos', [chat(2000), train()], { seed: 2, exit: 'interrupted' }),
    ];
    const text = compareTable({ ...RESULT, runs }, TENANTS);
    expect(text).toContain('means of 2 seeds');
    expect(text).toContain('1,500');
    expect(text).toContain('the run was not completed: interrupted');
    expect(text).not.toContain('LithOS');
  });

  it('does not praise LithOS where it is worse, nor compare what did not happen', () => {
    const none = { completed: 0, latency_ms: spans(0, 0) };
    const runs = [
      run('lithos', [chat(3000), train()]),
      run('mig', [chat(1500), train()]),
      run('mps', [chat(0, none), train()]),
    ];
    expect(compareTable({ ...RESULT, runs }, TENANTS, { width: 200 })).toContain(
      "LithOS leaves chat's P99 at 3 s; under mig it is 1.5 s (0.5x, lower), under mps no request completes.",
    );
  });

  it('can do without runs', () => {
    expect(compareTable({ ...RESULT, runs: [] }, TENANTS)).toBe(
      'quickstart on a100-40gb, simulated\n\n\n',
    );
  });
});

describe('compareCsv', () => {
  it('has a row per run and tenant, and quotes what needs it', () => {
    const result = {
      ...RESULT,
      runs: [run('mig', [chat(1400), train({ refused: 'no "slice", none' })])],
    };
    const [header = '', first = '', second = '', end] = compareCsv(result).split('\r\n');
    expect(header).toMatch(/^scenario,device,backend,policy,seed,exit,simulated_s,tenant,class,/);
    expect(first).toMatch(/^quickstart,a100-40gb,sim,mig,1,complete,60,chat,hp,,1200,1190,10,700,/);
    expect(second).toContain(',train,be,"no ""slice"", none",1200,');
    expect(header.split(',').length).toBe(first.split(',').length);
    expect(end).toBe('');
    expect(compareCsv({ ...RESULT, runs: [] })).toBe('');
  });
});
