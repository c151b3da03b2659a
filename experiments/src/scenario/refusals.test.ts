import { LithosError } from '@lithos/core';
import { expect, it } from 'vitest';
import { parseScenario } from './parse.ts';
import { CONTEXT, edited } from './testing.ts';

/** The refusal of a file, as one text: code, message and fix. */
function refusal(text: string): string {
  try {
    parseScenario(text, 'dir/quick.yaml', CONTEXT);
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.code} ${error.message} | ${error.fix}`;
  }
  return 'accepted';
}

const NOT_A_MAPPING = 'is not a mapping | write device: …, duration: …, tenants: …';

it.each([
  ['', `E_SCENARIO_SHAPE dir/quick.yaml:1:1: an empty file ${NOT_A_MAPPING}`],
  ['# nothing\n', `E_SCENARIO_SHAPE dir/quick.yaml:1:1: an empty file ${NOT_A_MAPPING}`],
  ['- 1\n', `E_SCENARIO_SHAPE dir/quick.yaml:1:1: a list ${NOT_A_MAPPING}`],
  ['text', `E_SCENARIO_SHAPE dir/quick.yaml:1:1: 'text' ${NOT_A_MAPPING}`],
])('refuses the file %j', (text, expected) => expect(refusal(text)).toBe(expected));

/** What is replaced in the quickstart, by what, and how the file is refused. */
const EDITS: readonly (readonly [from: string, to: string, refusal: string])[] = [
  [
    'device: a100-40gb',
    'device: [a100',
    'E_SCENARIO_SYNTAX dir/quick.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ] | check indentation, quotes and brackets',
  ],
  [
    'seed: 7',
    'seed: 7\nseed: 8',
    'E_SCENARIO_SYNTAX dir/quick.yaml:5:1: this key is given twice | remove one of the two',
  ],
  [
    'seed: 7',
    'seed: !!python 7',
    'E_SCENARIO_SYNTAX dir/quick.yaml:4:7: a tag that is not part of YAML | remove the tag (`!…`)',
  ],
  [
    'policies: [lithos, mps]',
    '---\na: 1',
    'E_SCENARIO_SYNTAX dir/quick.yaml:22:1: a second document begins | keep one scenario per file, without `---`',
  ],
  [
    'warmup: 5s',
    'warmpu: 5s',
    "E_SCENARIO_KEY dir/quick.yaml:3:1: unknown key 'warmpu' | did you mean 'warmup'?",
  ],
  [
    'warmup: 5s',
    'zzz: 5s',
    "E_SCENARIO_KEY dir/quick.yaml:3:1: unknown key 'zzz' | known keys: device, duration, tenants, warmup, seed, atoms, segments, dispatch_cost, policies, name, description",
  ],
  [
    'warmup: 5s',
    'atoms: whole',
    "E_SCENARIO_VALUE dir/quick.yaml:3:8: atoms: 'whole' is unknown | write one of full-grid, block-range",
  ],
  [
    'quota: 75%',
    'slip: 0.9',
    "E_SCENARIO_VALUE dir/quick.yaml:8:11: tenants[0].slip: '0.9' is less than 1 | write a factor from 1 to 10, such as 1.1 for ten per cent longer",
  ],
  [
    'quota: 75%',
    'leaves: 0s',
    "E_SCENARIO_VALUE dir/quick.yaml:8:13: tenants[0].leaves: '0s' is zero | write a duration above zero, such as 60s",
  ],
  [
    'quota: 75%',
    'qouta: 75%',
    "E_SCENARIO_KEY dir/quick.yaml:8:5: tenants[0]: unknown key 'qouta' | did you mean 'quota'?",
  ],
  [
    'device: a100-40gb\n',
    '',
    "E_SCENARIO_MISSING dir/quick.yaml:1:1: 'device' is missing | add device: a100-40gb",
  ],
  [
    'duration: 60s\n',
    '',
    "E_SCENARIO_MISSING dir/quick.yaml:1:1: 'duration' is missing | add duration: 60s",
  ],
  [
    'device: a100-40gb',
    'device: a100-40',
    "E_SCENARIO_NAME dir/quick.yaml:1:9: device: unknown device 'a100-40' | did you mean 'a100-40gb'? See `lithos devices`",
  ],
  [
    'device: a100-40gb',
    'device:',
    'E_SCENARIO_MISSING dir/quick.yaml:1:8: device: no value is given | write one after the colon',
  ],
  [
    'duration: 60s',
    'duration: 60',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '60' has no unit | write 60s, 60ms or 60us",
  ],
  [
    'duration: 60s',
    'duration: 0s',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '0s' is zero | write a duration above zero, such as 60s",
  ],
  [
    'duration: 60s',
    'duration: -5s',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '-5s' is negative | remove the minus sign",
  ],
  [
    'duration: 60s',
    'duration: .nan',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '.nan' is not a number | write a duration with its unit, such as 60s, 15ms, 250us or 2min",
  ],
  [
    'duration: 60s',
    'duration: NaNs',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: 'NaNs' is not a number | write a duration with its unit, such as 60s, 15ms, 250us or 2min",
  ],
  [
    'duration: 60s',
    'duration: 1e400s',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '1e400s' is too large | write less",
  ],
  [
    'duration: 60s',
    'duration: 900h',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '900h' is too long | write at most 720h (30 days)",
  ],
  [
    'duration: 60s',
    'duration: 0.1ns',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '0.1ns' is less than a nanosecond | write at least 1ns",
  ],
  [
    'duration: 60s',
    'duration: 60 parsecs',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '60 parsecs' has the unknown unit 'parsecs' | write a duration with its unit, such as 60s, 15ms, 250us or 2min",
  ],
  [
    'duration: 60s',
    'duration: 60constructor',
    "E_SCENARIO_VALUE dir/quick.yaml:2:11: duration: '60constructor' has the unknown unit 'constructor' | write a duration with its unit, such as 60s, 15ms, 250us or 2min",
  ],
  [
    'duration: 60s',
    'duration: { s: 60 }',
    'E_SCENARIO_SHAPE dir/quick.yaml:2:11: duration: a mapping is not a single value | write one value',
  ],
  [
    'warmup: 5s',
    'warmup: 60s',
    'E_SCENARIO_WARMUP dir/quick.yaml:3:9: warmup: the warm-up of 60s leaves nothing of the duration of 60s | shorten the warm-up, or lengthen the duration',
  ],
  [
    'warmup: 5s',
    'warmup: 90s',
    'E_SCENARIO_WARMUP dir/quick.yaml:3:9: warmup: the warm-up of 90s leaves nothing of the duration of 60s | shorten the warm-up, or lengthen the duration',
  ],
  [
    'seed: 7',
    'seed: 1.5',
    "E_SCENARIO_VALUE dir/quick.yaml:4:7: seed: '1.5' is not a whole number | write a whole number from 0 to 9007199254740991",
  ],
  [
    'seed: 7',
    'seed: 1e300',
    "E_SCENARIO_VALUE dir/quick.yaml:4:7: seed: '1e300' is too large | write a whole number from 0 to 9007199254740991",
  ],
  [
    'seed: 7',
    'seed: one',
    "E_SCENARIO_VALUE dir/quick.yaml:4:7: seed: 'one' is not a number | write a whole number from 0 to 9007199254740991",
  ],
  [
    'policies: [lithos, mps]',
    'policies: [lithos, msp]',
    "E_SCENARIO_NAME dir/quick.yaml:22:20: policies[1]: unknown policy 'msp' | did you mean 'mps'? See `lithos policies`",
  ],
  [
    'policies: [lithos, mps]',
    'policies: [lithos, lithos]',
    "E_SCENARIO_DUPLICATE dir/quick.yaml:22:20: policies[1]: policy 'lithos' is listed twice | remove one of them",
  ],
  [
    'policies: [lithos, mps]',
    'policies: []',
    'E_SCENARIO_MISSING dir/quick.yaml:22:11: policies: the list is empty | add an item',
  ],
  [
    'policies: [lithos, mps]',
    'policies: lithos',
    "E_SCENARIO_SHAPE dir/quick.yaml:22:11: policies: 'lithos' is not a list | write one `- …` per item",
  ],
  [
    'name: train',
    'name: chat',
    "E_SCENARIO_DUPLICATE dir/quick.yaml:18:11: tenants[2].name: two tenants are called 'chat' | give each tenant a name of its own",
  ],
  [
    'name: train',
    'name: tr/ain',
    "E_SCENARIO_VALUE dir/quick.yaml:18:11: tenants[2].name: 'tr/ain' is not a usable name | use letters, digits, '.', '_' and '-', at most 64, a letter or digit first",
  ],
  [
    'class: be',
    'class: bee',
    "E_SCENARIO_VALUE dir/quick.yaml:19:12: tenants[2].class: 'bee' is unknown | did you mean 'be'?",
  ],
  [
    'class: be',
    'class: be\n    quota: 10%',
    "E_SCENARIO_QUOTA dir/quick.yaml:20:12: tenants[2].quota: 'train' is best-effort and cannot have a quota of 10% | remove the quota (best-effort tenants run on idle TPCs), or make the tenant class: hp",
  ],
  [
    'quota: 25%',
    'quota: 35%',
    'E_SCENARIO_QUOTA dir/quick.yaml:14:12: tenants[1].quota: the quotas add up to 110% of a100-40gb, 59.4 of 54 TPCs (chat 75%, classify 35%) | lower the quotas so that they add up to 100% or less',
  ],
  [
    'quota: 25%',
    'quota: 120%',
    "E_SCENARIO_VALUE dir/quick.yaml:14:12: tenants[1].quota: '120%' is more than 100% | write at most 100%",
  ],
  [
    'quota: 25%',
    'quota: 0%',
    "E_SCENARIO_VALUE dir/quick.yaml:14:12: tenants[1].quota: '0%' is zero | write a share above 0%",
  ],
  [
    'quota: 25%',
    'quota: 0',
    "E_SCENARIO_QUOTA dir/quick.yaml:14:12: tenants[1].quota: 'classify' is high-priority and has a quota of 0 | give it TPCs, or make the tenant class: be",
  ],
  [
    'quota: 25%',
    'quota: 0.5%',
    "E_SCENARIO_QUOTA dir/quick.yaml:14:12: tenants[1].quota: 0.5% of a100-40gb's 54 TPCs is less than one TPC | write at least 2%, or quota: 1",
  ],
  [
    'quota: 25%',
    'quota: 60',
    'E_SCENARIO_QUOTA dir/quick.yaml:14:12: tenants[1].quota: the quotas add up to 186.1% of a100-40gb, 100.5 of 54 TPCs (chat 75%, classify 60) | lower the quotas so that they add up to 100% or less',
  ],
  [
    'quota: 25%',
    'quota: 7.5',
    "E_SCENARIO_VALUE dir/quick.yaml:14:12: tenants[1].quota: '7.5' is not a whole number | write a whole number from 0 to 1000",
  ],
  [
    'quota: 25%',
    'quota: -3',
    "E_SCENARIO_VALUE dir/quick.yaml:14:12: tenants[1].quota: '-3' is negative | remove the minus sign",
  ],
  [
    '    quota: 25%\n',
    '',
    "E_SCENARIO_MISSING dir/quick.yaml:12:5: tenants[1]: 'quota' is missing | add quota: 50%",
  ],
  [
    'profile: resnet50-b8',
    'profile: resnet50-b9',
    "E_SCENARIO_NAME dir/quick.yaml:15:26: tenants[1].workload.profile: unknown profile 'resnet50-b9' | did you mean 'resnet50-b8'? See `lithos profile list`",
  ],
  [
    'model: llama3-8b',
    'model: lama3-8b',
    "E_SCENARIO_NAME dir/quick.yaml:9:24: tenants[0].workload.model: unknown model 'lama3-8b' | did you mean 'llama3-8b'? See `lithos profile list`",
  ],
  [
    'model: llama3-8b',
    'model: gpt',
    "E_SCENARIO_NAME dir/quick.yaml:9:24: tenants[0].workload.model: unknown model 'gpt' | see `lithos profile list`",
  ],
  [
    'model: llama3-8b',
    'model: llama3-70b',
    'E_SCENARIO_MEMORY dir/quick.yaml:6:3: tenants: the tenants need 78.0 GB, and a100-40gb has 40.0 GB (chat 70.0 GB, classify 4.0 GB, train 4.0 GB) | remove a tenant, choose smaller models or batches, or a device with more memory: a100-80gb',
  ],
  [
    'max_batch: 16',
    'max_batch: 0',
    "E_SCENARIO_VALUE dir/quick.yaml:9:75: tenants[0].workload.max_batch: '0' is too small | write a whole number from 1 to 4096",
  ],
  [
    'max_batch: 16',
    'max_batch: 1e9',
    "E_SCENARIO_VALUE dir/quick.yaml:9:75: tenants[0].workload.max_batch: '1e9' is too large | write a whole number from 1 to 4096",
  ],
  [
    'engine: continuous-batching, ',
    '',
    "E_SCENARIO_MISSING dir/quick.yaml:9:15: tenants[0].workload: 'engine' is missing | add engine: continuous-batching",
  ],
  [
    'engine: continuous-batching',
    'engine: continous-batching',
    "E_SCENARIO_VALUE dir/quick.yaml:9:43: tenants[0].workload.engine: 'continous-batching' is unknown | did you mean 'continuous-batching'?",
  ],
  [
    '{ profile: resnet50-b8 }',
    '{ profile: resnet50-b8, max_batch: 4 }',
    "E_SCENARIO_KEY dir/quick.yaml:15:50: tenants[1].workload.max_batch: goes with 'model', and not with 'profile' | remove max_batch",
  ],
  [
    '{ profile: resnet50-b8 }',
    '{ profile: resnet50-b8, model: llama3-8b }',
    "E_SCENARIO_SHAPE dir/quick.yaml:15:46: tenants[1].workload.model: 'profile' is given already | keep one of profile and model",
  ],
  [
    '{ profile: resnet50-b8 }',
    '{ launch: graph }',
    'E_SCENARIO_MISSING dir/quick.yaml:15:15: tenants[1].workload: none of profile, model, ptx is given | add one of profile, model, ptx',
  ],
  [
    '{ profile: resnet50-b8 }',
    '{ profile: resnet50-b8, launch: graf }',
    "E_SCENARIO_VALUE dir/quick.yaml:15:47: tenants[1].workload.launch: 'graf' is unknown | did you mean 'graph'?",
  ],
  [
    'slo: { latency_p99: 15ms }',
    'slo: { ttft_p99: 15ms }',
    'E_SCENARIO_SLO dir/quick.yaml:17:22: tenants[1].slo.ttft_p99: only LLM tenants produce tokens | remove ttft_p99, or give the tenant a model and an engine',
  ],
  [
    'slo: { latency_p99: 15ms }',
    'slo: { latency_p99: 0ms }',
    "E_SCENARIO_VALUE dir/quick.yaml:17:25: tenants[1].slo.latency_p99: '0ms' is zero | write a duration above zero, such as 60s",
  ],
  [
    'slo: { latency_p99: 15ms }',
    'slo: { latency_p95: 15ms }',
    "E_SCENARIO_KEY dir/quick.yaml:17:12: tenants[1].slo: unknown key 'latency_p95' | did you mean 'latency_p99'?",
  ],
  [
    'poisson: 200/s',
    'poisson: 200',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: '200' has no unit | write 200/s",
  ],
  [
    'poisson: 200/s',
    'poisson: 0/s',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: '0/s' is zero | write a rate above zero, such as 200/s",
  ],
  [
    'poisson: 200/s',
    'poisson: -1/s',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: '-1/s' is negative | remove the minus sign",
  ],
  [
    'poisson: 200/s',
    'poisson: NaN',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: 'NaN' is not a number | write a rate with its unit, such as 200/s or 12/min",
  ],
  [
    'poisson: 200/s',
    'poisson: 1e9/s',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: '1e9/s' is too large | write at most 1000000/s",
  ],
  [
    'poisson: 200/s',
    'poisson: 200/fortnight',
    "E_SCENARIO_VALUE dir/quick.yaml:16:26: tenants[1].arrivals.poisson: '200/fortnight' has the unknown unit '/fortnight' | write a rate with its unit, such as 200/s or 12/min",
  ],
  [
    'poisson: 200/s',
    'poisson: 200/s, closed: 1',
    "E_SCENARIO_SHAPE dir/quick.yaml:16:41: tenants[1].arrivals.closed: 'poisson' is given already | keep one of poisson and closed",
  ],
  [
    'poisson: 200/s',
    'poisson: 200/s, sample: 25%',
    "E_SCENARIO_KEY dir/quick.yaml:16:41: tenants[1].arrivals.sample: 'poisson' arrivals are not sampled | remove sample",
  ],
  [
    'poisson: 200/s',
    '',
    'E_SCENARIO_MISSING dir/quick.yaml:16:15: tenants[1].arrivals: none of poisson, gamma, load, closed, trace, generator, loadgen is given | add one of poisson, gamma, load, closed, trace, generator, loadgen',
  ],
  [
    'poisson: 200/s',
    'load: 0.35',
    "E_SCENARIO_VALUE dir/quick.yaml:16:23: tenants[1].arrivals.load: '0.35' has no per-cent sign | write a share with its per-cent sign, such as 25%",
  ],
  [
    'poisson: 200/s',
    'load: 2000%',
    "E_SCENARIO_VALUE dir/quick.yaml:16:23: tenants[1].arrivals.load: '2000%' is more than 1000% | write at most 1000%",
  ],
  [
    'poisson: 200/s',
    'gamma: { rate: 200/s }',
    "E_SCENARIO_MISSING dir/quick.yaml:16:24: tenants[1].arrivals.gamma: 'cv' is missing | add cv: 2",
  ],
  [
    'poisson: 200/s',
    'gamma: { rate: 200/s, cv: 0 }',
    "E_SCENARIO_VALUE dir/quick.yaml:16:43: tenants[1].arrivals.gamma.cv: '0' is zero | write a coefficient of variation such as 2",
  ],
  [
    'poisson: 200/s',
    'gamma: 200/s',
    "E_SCENARIO_SHAPE dir/quick.yaml:16:24: tenants[1].arrivals.gamma: '200/s' is not a mapping | write rate: …, cv: …",
  ],
  [
    'closed: 1',
    'closed: 0',
    "E_SCENARIO_VALUE dir/quick.yaml:21:25: tenants[2].arrivals.closed: '0' is too small | write a whole number from 1 to 10000",
  ],
  [
    'closed: 1',
    'closed: 1.5',
    "E_SCENARIO_VALUE dir/quick.yaml:21:25: tenants[2].arrivals.closed: '1.5' is not a whole number | write a whole number from 1 to 10000",
  ],
  [
    'closed: 1',
    'loadgen: { qps: 1, seed: 18446744073709551616, min_queries: 1, min_duration: 1s }',
    "E_SCENARIO_VALUE dir/quick.yaml:21:42: tenants[2].arrivals.loadgen.seed: '18446744073709551616' is too large | write a whole number from 0 to 18446744073709551615",
  ],
  [
    'closed: 1',
    'loadgen: { qps: 1, seed: -1, min_queries: 1, min_duration: 1s }',
    "E_SCENARIO_VALUE dir/quick.yaml:21:42: tenants[2].arrivals.loadgen.seed: '-1' is negative | remove the minus sign",
  ],
  [
    'closed: 1',
    'loadgen: { qps: 1, min_queries: 1, min_duration: 1s }',
    "E_SCENARIO_MISSING dir/quick.yaml:21:26: tenants[2].arrivals.loadgen: 'seed' is missing | add seed: 3936089224930324775",
  ],
  [
    'trace: azure-llm-2023-conv',
    'trace: azure-llm-2023-cov',
    "E_SCENARIO_NAME dir/quick.yaml:10:24: tenants[0].arrivals.trace: unknown trace 'azure-llm-2023-cov' | did you mean 'azure-llm-2023-conv'? See `lithos traces list`",
  ],
  [
    'trace: azure-llm-2023-conv',
    'generator: poisson-process',
    "E_SCENARIO_NAME dir/quick.yaml:10:28: tenants[0].arrivals.generator: unknown generator 'poisson-process' | see `lithos traces list`",
  ],
  [
    'sample: 25%',
    'sample: 125%',
    "E_SCENARIO_VALUE dir/quick.yaml:10:53: tenants[0].arrivals.sample: '125%' is more than 100% | write at most 100%",
  ],
  [
    '    arrivals: { closed: 1 }\n',
    '',
    "E_SCENARIO_MISSING dir/quick.yaml:18:5: tenants[2]: 'arrivals' is missing | add arrivals: { poisson: 200/s }",
  ],
];

it.each(EDITS)('%j to %j is refused', (from, to, expected) =>
  expect(refusal(edited(from, to))).toBe(expected),
);
