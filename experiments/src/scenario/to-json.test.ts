import { ATOM_PATHS } from '@lithos/sim';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Arrivals, Scenario, Slo, Workload } from '../scenario-types.ts';
import { parseScenario } from './parse.ts';
import { CONTEXT, QUICKSTART } from './testing.ts';
import { scenarioToJson } from './to-json.ts';

const spanNs = fc.integer({ min: 1, max: 2e15 });
const fraction = (max: number) =>
  fc.double({ min: 1e-9, max, noNaN: true }).filter((share) => share > 0);
const perS = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
  fc.record({ kind: fc.constant('poisson' as const), perS }),
  fc.record({ kind: fc.constant('gamma' as const), perS, cv: fraction(100) }),
  fc.record({ kind: fc.constant('load' as const), share: fraction(10) }),
  fc.record({
    kind: fc.constant('closed' as const),
    concurrency: fc.integer({ min: 1, max: 10_000 }),
  }),
  fc.record({
    kind: fc.constant('trace' as const),
    trace: fc.constantFrom(...CONTEXT.traces),
    sample: fraction(1),
  }),
  fc.record({
    kind: fc.constant('generator' as const),
    generator: fc.constantFrom(...CONTEXT.generators),
    sample: fraction(1),
  }),
  fc.record({
    kind: fc.constant('loadgen' as const),
    targetQps: perS,
    scheduleSeed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    minQueries: fc.integer({ min: 1, max: 1e9 }),
    minDurationNs: spanNs,
  }),
);

const launch = fc.constantFrom('graph' as const, 'stream' as const);
const profileWorkload: fc.Arbitrary<Workload> = fc.record({
  kind: fc.constant('profile' as const),
  profile: fc.constantFrom(...CONTEXT.profiles),
  launch,
});
const llmWorkload: fc.Arbitrary<Workload> = fc.record({
  kind: fc.constant('llm' as const),
  model: fc.constant('llama3-8b'),
  engine: fc.constant('continuous-batching' as const),
  maxBatch: fc.integer({ min: 1, max: 4096 }),
  launch,
});

const objectives = (keys: readonly (keyof Slo)[]): fc.Arbitrary<Slo> =>
  fc.record(Object.fromEntries(keys.map((key) => [key, spanNs])), { requiredKeys: [] });
const work = fc.oneof(
  fc.record({ workload: profileWorkload, slo: objectives(['latencyP99Ns']) }),
  fc.record({
    workload: llmWorkload,
    slo: objectives(['latencyP99Ns', 'ttftP99Ns', 'tpotP99Ns']),
  }),
);

const place = fc.oneof(
  fc.record({ class: fc.constant('be' as const), quotaTpcs: fc.constant(0) }),
  fc.record({ class: fc.constant('hp' as const), quotaTpcs: fc.integer({ min: 1, max: 27 }) }),
);
const extras = fc.record(
  { slip: fc.double({ min: 1, max: 10, noNaN: true }), leavesNs: spanNs },
  { requiredKeys: [] },
);
const tenant = fc
  .tuple(place, work, arrivals, extras)
  .map(([where, what, when, extra]) => ({ ...where, ...what, arrivals: when, ...extra }));

/** At most two tenants: their quotas and their memory always fit. */
const base = fc.record({
  name: fc.constant('a-name'),
  description: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  device: fc.constantFrom(...CONTEXT.devices.map(({ id }) => id)),
  durationNs: fc.integer({ min: 2e15 + 1, max: 2.5e15 }),
  warmupNs: fc.oneof(fc.constant(0), spanNs),
  seed: fc.maxSafeNat(),
  tenants: fc
    .array(tenant, { minLength: 1, maxLength: 2 })
    .map((tenants) => tenants.map((one, i) => ({ name: `t${i}`, ...one }))),
  policies: fc.subarray([...CONTEXT.policies], { minLength: 1 }),
});
const scenario: fc.Arbitrary<Scenario> = fc
  .tuple(
    base,
    fc.record(
      {
        atoms: fc.constantFrom(...ATOM_PATHS),
        segmentNs: spanNs,
        dispatchNs: fc.oneof(fc.constant(0), spanNs),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([all, extra]) => ({ ...all, ...extra }));

it('is a scenario file that gives the same scenario, as JSON and as YAML', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const json = scenarioToJson(given);
      expect(parseScenario(JSON.stringify(json), 'x.json', CONTEXT)).toEqual(given);
      expect(parseScenario(stringify(json), 'x.yaml', CONTEXT)).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

it('states defaults and whole TPCs', () => {
  expect(scenarioToJson(parseScenario(QUICKSTART, 'quick.yaml', CONTEXT))).toMatchObject({
    name: 'quick',
    duration: '60s',
    warmup: '5s',
    tenants: [
      {
        quota: 41,
        arrivals: { trace: 'azure-llm-2023-conv', sample: '25%' },
        slo: { latency_p99: '2s', tpot_p99: '250us' },
      },
      { quota: 13, workload: { profile: 'resnet50-b8', launch: 'graph' } },
      { quota: 0 },
    ],
  });
});
