import type { Slo, Workload } from '../scenario-types.ts';
import type { ScenarioContext, ScenarioDevice } from './context.ts';
import { readPtxWork } from './ptx.ts';
import { integerReader, readPositiveDuration } from './quantity.ts';
import type { Entry, Mapping } from './source.ts';

/** Largest batch of a serving engine that makes sense on one GPU. */
const MAX_BATCH = 4096;

const KINDS = ['profile', 'model', 'ptx'] as const;

/** Keys that go with one kind of workload only. */
const OWN_KEYS: readonly (readonly [key: string, kind: (typeof KINDS)[number]])[] = [
  ['engine', 'model'],
  ['max_batch', 'model'],
  ['buffers', 'ptx'],
  ['launches', 'ptx'],
];

/** Reads `workload`: a kernel profile, an LLM behind a serving engine, or the user's own kernels. */
export function readWorkload(
  entry: Entry,
  device: ScenarioDevice,
  context: ScenarioContext,
): Workload {
  const map = entry.map([...KINDS, ...OWN_KEYS.map(([key]) => key), 'launch']);
  const { key, value } = map.oneKey(KINDS);
  for (const [own, kind] of OWN_KEYS) {
    if (kind === key) continue;
    const other = map.get(own);
    other?.fail('E_SCENARIO_KEY', `goes with '${kind}', and not with '${key}'`, `remove ${own}`);
  }
  const launch = readLaunch(map);
  switch (key) {
    case 'profile':
      return {
        kind: 'profile',
        profile: value.knownName('profile', context.profiles, 'lithos profile list'),
        launch,
      };
    case 'model':
      return {
        kind: 'llm',
        model: value.knownName('model', context.llmModels, 'lithos profile list'),
        engine: map.need('engine', 'continuous-batching').oneOf(['continuous-batching']),
        maxBatch: map.need('max_batch', '16').quantity(integerReader(1, MAX_BATCH)),
        launch,
      };
    case 'ptx':
      return { kind: 'ptx', work: readPtxWork(map, value, device, context), launch };
  }
}

function readLaunch(map: Mapping): 'graph' | 'stream' {
  return map.get('launch')?.oneOf(['graph', 'stream']) ?? 'graph';
}

/** Reads `slo`: objectives on percentiles of latency. */
export function readSlo(entry: Entry | undefined, workload: Workload): Slo {
  if (entry === undefined) return {};
  const map = entry.map(['latency_p99', 'ttft_p99', 'tpot_p99']);
  const objective = (key: string): number | undefined =>
    map.get(key)?.quantity(readPositiveDuration);
  const latencyP99Ns = objective('latency_p99');
  const ttftP99Ns = objective('ttft_p99');
  const tpotP99Ns = objective('tpot_p99');
  for (const key of ['ttft_p99', 'tpot_p99']) {
    if (workload.kind === 'llm') break;
    map
      .get(key)
      ?.fail(
        'E_SCENARIO_SLO',
        'only LLM tenants produce tokens',
        `remove ${key}, or give the tenant a model and an engine`,
      );
  }
  return {
    ...(latencyP99Ns !== undefined && { latencyP99Ns }),
    ...(ttftP99Ns !== undefined && { ttftP99Ns }),
    ...(tpotP99Ns !== undefined && { tpotP99Ns }),
  };
}
