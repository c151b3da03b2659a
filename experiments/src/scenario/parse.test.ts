import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse.ts';
import { CONTEXT, edited, QUICKSTART } from './testing.ts';

const parse = (text: string) => parseScenario(text, 'dir/quick.yaml', CONTEXT);

describe('parseScenario', () => {
  it('resolves the quickstart', () => {
    expect(parse(QUICKSTART)).toEqual({
      name: 'quick',
      description: undefined,
      device: 'a100-40gb',
      durationNs: 60e9,
      warmupNs: 5e9,
      seed: 7,
      tenants: [
        {
          name: 'chat',
          class: 'hp',
          quotaTpcs: 41,
          workload: {
            kind: 'llm',
            model: 'llama3-8b',
            engine: 'continuous-batching',
            maxBatch: 16,
            launch: 'graph',
          },
          arrivals: { kind: 'trace', trace: 'azure-llm-2023-conv', sample: 0.25 },
          slo: { latencyP99Ns: 2e9, tpotP99Ns: 250e3 },
        },
        {
          name: 'classify',
          class: 'hp',
          quotaTpcs: 13,
          workload: { kind: 'profile', profile: 'resnet50-b8', launch: 'graph' },
          arrivals: { kind: 'poisson', perS: 200 },
          slo: { latencyP99Ns: 15e6 },
        },
        {
          name: 'train',
          class: 'be',
          quotaTpcs: 0,
          workload: { kind: 'profile', profile: 'resnet50-train-b32', launch: 'stream' },
          arrivals: { kind: 'closed', concurrency: 1 },
          slo: {},
        },
      ],
      policies: ['lithos', 'mps'],
    });
  });

  it('fills in defaults', () => {
    const scenario = parse(
      'device: a100-40gb\nduration: 2min\ntenants: [{name: t, class: be, workload: {profile: resnet50-b8}, arrivals: {closed: 1}}]',
    );
    expect(scenario).toMatchObject({ durationNs: 120e9, warmupNs: 0, seed: 1 });
    expect(scenario.policies).toEqual(CONTEXT.policies);
  });

  it('accepts JSON, a byte-order mark and CRLF', () => {
    const json = JSON.stringify(
      {
        name: 'other',
        device: 'a100-40gb',
        duration: '60s',
        tenants: [
          {
            name: 't',
            class: 'hp',
            quota: 54,
            workload: { profile: 'resnet50-b8' },
            arrivals: { load: '35%' },
          },
        ],
      },
      undefined,
      '\t',
    );
    expect(parse(`\uFEFF${json.replaceAll('\n', '\r\n')}`)).toMatchObject({
      name: 'other',
      tenants: [{ quotaTpcs: 54, arrivals: { kind: 'load', share: 0.35 } }],
    });
  });

  it('reads every kind of arrivals', () => {
    const arrivals = (text: string) =>
      parse(edited('{ closed: 1 }', text)).tenants.map((tenant) => tenant.arrivals)[2];
    expect(arrivals('{ gamma: { rate: 200/s, cv: 2 } }')).toEqual({
      kind: 'gamma',
      perS: 200,
      cv: 2,
    });
    expect(arrivals('{ generator: azure-llm-2023-conv-fit }')).toEqual({
      kind: 'generator',
      generator: 'azure-llm-2023-conv-fit',
      sample: 1,
    });
    const loadgen = { kind: 'loadgen', targetQps: 50, minQueries: 100, minDurationNs: 10e9 };
    const rest = 'min_queries: 100, min_duration: 10s';
    expect(arrivals(`{ loadgen: { qps: 50, seed: 18446744073709551615, ${rest} } }`)).toEqual({
      ...loadgen,
      scheduleSeed: 18446744073709551615n,
    });
    expect(arrivals(`{ loadgen: { qps: 50, seed: "9007199254740993", ${rest} } }`)).toEqual({
      ...loadgen,
      scheduleSeed: 9007199254740993n,
    });
  });

  it('follows aliases', () => {
    const text = edited(
      'slo: { latency_p99: 2s, tpot_p99: 250us }',
      'slo: &slo { latency_p99: 2s }',
    ).replace('slo: { latency_p99: 15ms }', 'slo: *slo');
    expect(parse(text).tenants[1]?.slo).toEqual({ latencyP99Ns: 2e9 });
  });
});
