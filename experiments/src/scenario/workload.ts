import type { Slo, Workload } from '../scenario-types.ts';
import type { ScenarioContext } from './context.ts';
import { integerReader, readPositiveDuration } from './quantity.ts';
import type { Entry, Mapping } from './source.ts';

/** Largest batch of a serving engine that makes sense on one GPU. */
const MAX_BATCH = 4096;

/** Reads `workload`: a kernel profile, or an LLM behind a serving engine. */
export function readWorkload(entry: Entry, context: ScenarioContext): Workload {
  const map = entry.map(['profile', 'model', 'engine', 'max_batch', 'launch']);
  const { key, value } = map.oneKey(['profile', 'model']);
  switch (key) {
    case 'profile':
      for (const other of ['engine', 'max_batch']) {
        map
          .get(other)
          ?.fail('E_SCENARIO_KEY', "goes with 'model', and not with 'profile'", `remove ${other}`);
      }
      return {
        kind: 'profile',
        profile: value.knownName('profile', context.profiles, 'lithos profile list'),
        launch: readLaunch(map),
      };
    case 'model':
      return {
        kind: 'llm',
        model: value.knownName('model', context.llmModels, 'lithos profile list'),
        engine: map.need('engine', 'continuous-batching').oneOf(['continuous-batching']),
        maxBatch: map.need('max_batch', '16').quantity(integerReader(1, MAX_BATCH)),
        launch: readLaunch(map),
      };
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
