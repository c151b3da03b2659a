import { PTX_ELEMENTS, type PtxArgument, type PtxFill, type PtxLaunch } from '@lithos/core';
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

const dim = (x: number, y: number, z: number) =>
  fc.tuple(
    fc.integer({ min: 1, max: x }),
    fc.integer({ min: 1, max: y }),
    fc.integer({ min: 1, max: z }),
  );
const whole = (bits: number, signed: boolean) =>
  signed
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.integer({ min: 0, max: 2 ** bits - 1 });
const scalar = fc.oneof(
  ...([8, 16, 32] as const).flatMap((bits) => [
    fc.record({ kind: fc.constant(`u${bits}` as const), value: whole(bits, false) }),
    fc.record({ kind: fc.constant(`s${bits}` as const), value: whole(bits, true) }),
  ]),
  fc.record({
    kind: fc.constant('u64' as const),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
  fc.record({
    kind: fc.constant('s64' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({
    kind: fc.constant('f32' as const),
    value: fc.float({ noNaN: true, noDefaultInfinity: true }),
  }),
  fc.record({
    kind: fc.constant('f64' as const),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  }),
  fc.record({ kind: fc.constant('own-buffer' as const), bytes: fc.integer({ min: 1, max: 1e8 }) }),
) satisfies fc.Arbitrary<PtxArgument>;
const type = fc.constantFrom(...PTX_ELEMENTS);
const fill: fc.Arbitrary<PtxFill> = fc.oneof(
  fc.record({ kind: fc.constant('zero' as const) }),
  fc.record({ kind: fc.constant('iota' as const), type }),
  fc.record({ kind: fc.constant('random' as const), type, seed: fc.maxSafeNat() }),
);
/** Every buffer is an argument of every launch: none goes unused. */
const ptxWorkload: fc.Arbitrary<Workload> = fc
  .array(fc.record({ bytes: fc.integer({ min: 1, max: 1e8 }), fill }), { maxLength: 3 })
  .map((stated) => stated.map((buffer, i) => ({ name: `b-${i}`, ...buffer })))
  .chain((buffers) => {
    const named = buffers.map(({ name }) => ({ kind: 'buffer', name }) as const);
    const one: fc.Arbitrary<PtxLaunch> = fc.record(
      {
        kernel: fc.constantFrom('_Z4stepPf', 'a$b', '%x'),
        grid: dim(1000, 1000, 1000),
        block: dim(8, 8, 16),
        sharedBytes: fc.integer({ min: 0, max: 163 * 1024 }),
        arguments: fc.array(scalar, { maxLength: 3 }).map((args) => [...named, ...args]),
        repeat: fc.integer({ min: 1, max: 2000 }),
        whole: fc.boolean(),
        timeNs: spanNs,
        // So few that those of a block fit.
        registers: fc.integer({ min: 1, max: 64 }),
      },
      { requiredKeys: ['kernel', 'grid', 'block', 'sharedBytes', 'arguments', 'repeat', 'whole'] },
    );
    return fc.record({
      kind: fc.constant('ptx' as const),
      work: fc.record({
        path: fc.constantFrom('x.ptx', 'kernels/a b.ptx', '../x.ptx', '/tmp/x.ptx'),
        buffers: fc.constant(buffers),
        launches: fc.array(one, { minLength: 1, maxLength: 4 }),
      }),
      launch,
    });
  });

const objectives = (keys: readonly (keyof Slo)[]): fc.Arbitrary<Slo> =>
  fc.record(Object.fromEntries(keys.map((key) => [key, spanNs])), { requiredKeys: [] });
const work = fc.oneof(
  fc.record({ workload: ptxWorkload, slo: objectives(['latencyP99Ns']) }),
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
