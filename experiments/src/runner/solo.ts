import { type Ns, SECOND } from '@lithos/core';
import type { TenantResult } from '../results.ts';
import type { Scenario, ScenarioTenant } from '../scenario-types.ts';
import { type Backend, deviceOptions } from './backend.ts';
import { saturatingFeed } from './feed.ts';
import type { RunInputs } from './inputs.ts';
import type { RunHooks } from './run.ts';
import { Simulation } from './simulation.ts';

/** Requests per second of each tenant alone on the whole device, at its greatest rate. */
export type SoloRates = readonly number[];

/** How long a tenant is watched alone if nobody says, and the part of it in which it runs in. */
const WATCH_NS: Ns = 2 * SECOND;
const WATCH_LLM_NS: Ns = 60 * SECOND;
const RUN_IN_SHARE = 0.25;
/** Requests of a tenant's own kernels, which may take any time, that make a rate; or the longest watch. */
const ENOUGH_REQUESTS = 20;
const LONGER = 5;
const LONGEST_NS: Readonly<Record<Backend['kind'], Ns>> = { sim: 1250 * SECOND, hw: 50 * SECOND };

/**
 * Measures what a tenant can do alone: it has the device to itself and is never short of requests.
 * An LLM server gets its own prompt and output lengths with a full batch at all times.
 * Own kernels are watched for longer until there are enough requests, unless it is said for how long.
 * @param wantedNs how long it is watched, in the device's time
 */
export async function measureSolo(
  scenario: Scenario,
  tenant: number,
  backend: Backend,
  inputs: RunInputs,
  hooks: Pick<RunHooks, 'pause' | 'signal'>,
  wantedNs?: Ns,
): Promise<number> {
  const { leavesNs: _, ...spec } = scenario.tenants[tenant] as ScenarioTenant;
  const { kind } = spec.workload;
  const longestNs = LONGEST_NS[backend.kind];
  let watchNs = wantedNs ?? (kind === 'llm' ? WATCH_LLM_NS : WATCH_NS);
  for (;;) {
    const alone = await watch(scenario, spec, watchNs, backend, inputs, hooks);
    const enough =
      kind !== 'ptx' || wantedNs !== undefined || (alone?.completed ?? 0) >= ENOUGH_REQUESTS;
    if (enough || watchNs >= longestNs || hooks.signal?.aborted) {
      return alone?.throughput_per_s ?? 0;
    }
    watchNs = Math.min(watchNs * LONGER, longestNs);
  }
}

async function watch(
  scenario: Scenario,
  spec: ScenarioTenant,
  watchNs: Ns,
  backend: Backend,
  inputs: RunInputs,
  hooks: Pick<RunHooks, 'pause' | 'signal'>,
): Promise<TenantResult | undefined> {
  const device = backend.open(scenario.device, deviceOptions(scenario, 'mps'));
  try {
    const simulation = new Simulation({
      scenario: {
        ...scenario,
        durationNs: watchNs,
        warmupNs: watchNs * RUN_IN_SHARE,
        tenants: [
          {
            ...spec,
            class: 'hp',
            quotaTpcs: device.port.info.tpcs.size,
          },
        ],
      },
      policy: 'mps',
      seed: scenario.seed,
      device,
      inputs,
      solo: [0],
      feed: () => saturatingFeed(spec, scenario.seed, inputs),
    });
    while (!(await simulation.advance(watchNs)) && !hooks.signal?.aborted) await hooks.pause();
    return simulation.outcome().tenants[0];
  } finally {
    device.close();
  }
}
