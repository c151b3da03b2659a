import type { Arrivals } from '../scenario-types.ts';
import type { ScenarioContext } from './context.ts';
import {
  integerReader,
  numberReader,
  readPositiveDuration,
  readRate,
  readUint64,
  shareReader,
} from './quantity.ts';
import type { Entry, Mapping } from './source.ts';

const KINDS = ['poisson', 'gamma', 'load', 'closed', 'trace', 'generator', 'loadgen'] as const;

/** Most requests that a closed loop keeps in flight. */
const MAX_CONCURRENCY = 10_000;

/** Reads `arrivals`: when a tenant's requests come. */
export function readArrivals(entry: Entry, context: ScenarioContext): Arrivals {
  const map = entry.map([...KINDS, 'sample']);
  const { key, value } = map.oneKey(KINDS);
  const sampled = key === 'trace' || key === 'generator';
  if (!sampled) {
    map.get('sample')?.fail('E_SCENARIO_KEY', `'${key}' arrivals are not sampled`, 'remove sample');
  }
  switch (key) {
    case 'poisson':
      return { kind: 'poisson', perS: value.quantity(readRate) };
    case 'gamma':
      return readGamma(value);
    case 'load':
      return { kind: 'load', share: value.quantity(shareReader(1000)) };
    case 'closed':
      return { kind: 'closed', concurrency: value.quantity(integerReader(1, MAX_CONCURRENCY)) };
    case 'trace': {
      const trace =
        value.fileBeside('.csv') ?? value.knownName('trace', context.traces, 'lithos traces list');
      return { kind: 'trace', trace, sample: readSample(map) };
    }
    case 'generator': {
      const generator = value.knownName('generator', context.generators, 'lithos traces list');
      return { kind: 'generator', generator, sample: readSample(map) };
    }
    case 'loadgen':
      return readLoadgen(value);
  }
}

function readSample(map: Mapping): number {
  return map.get('sample')?.quantity(shareReader(100)) ?? 1;
}

function readGamma(value: Entry): Arrivals {
  const map = value.map(['rate', 'cv']);
  return {
    kind: 'gamma',
    perS: map.need('rate', '200/s').quantity(readRate),
    cv: map.need('cv', '2').quantity(numberReader(100, 'a coefficient of variation such as 2')),
  };
}

function readLoadgen(value: Entry): Arrivals {
  const map = value.map(['qps', 'seed', 'min_queries', 'min_duration']);
  return {
    kind: 'loadgen',
    targetQps: map.need('qps', '200').quantity(numberReader(1e6, 'queries per second such as 200')),
    scheduleSeed: map.need('seed', '3936089224930324775').quantity(readUint64),
    minQueries: map.need('min_queries', '100').quantity(integerReader(1, 1e9)),
    minDurationNs: map.need('min_duration', '60s').quantity(readPositiveDuration),
  };
}
