import { LithosError } from '@lithos/core';
import {
  type ArrivalSource,
  AZURE_CONV,
  findGenerator,
  fromRows,
  gamma,
  generated,
  LoadgenServer,
  poisson,
  Random,
  type RowsSource,
  type TraceRows,
  tokenModel,
  withTokens,
} from '@lithos/traces';
import type { Arrivals, ScenarioTenant } from '../scenario-types.ts';
import type { RunInputs } from './inputs.ts';

/** Where a tenant's requests come from. */
export type Feed =
  | { readonly kind: 'open'; readonly source: ArrivalSource; readonly rows?: RowsSource }
  /** Each completion makes the next request arrive; `source` gives its tokens only. */
  | { readonly kind: 'closed'; readonly concurrency: number; readonly source: ArrivalSource };

/** Rate of a source whose times nobody reads. */
const ANY_RATE = 1;

/**
 * Makes a tenant's feed. Its random streams are named after the tenant, so a tenant's arrivals do not
 * depend on who else is there, nor on the policy.
 * @param soloPerS what the tenant can do alone, for arrivals stated as a load
 */
export function makeFeed(
  tenant: ScenarioTenant,
  seed: number,
  inputs: RunInputs,
  soloPerS: number,
): Feed {
  const { arrivals } = tenant;
  if (arrivals.kind === 'closed') {
    const source = timed(tenant, seed, (r) => poisson(ANY_RATE, r));
    return { kind: 'closed', concurrency: arrivals.concurrency, source };
  }
  if (arrivals.kind === 'trace') {
    const random = Random.stream(seed, `${tenant.name}/sample`);
    const rows = fromRows(inputs.trace(arrivals.trace), arrivals.sample, random);
    return { kind: 'open', source: rows, rows };
  }
  return { kind: 'open', source: openSource(tenant, arrivals, seed, soloPerS) };
}

/** Requests like the tenant's own, but so many that a server is never short of them. */
export function saturatingFeed(tenant: ScenarioTenant, seed: number, inputs: RunInputs): Feed {
  if (tenant.workload.kind !== 'llm') {
    return { kind: 'closed', concurrency: 2, source: poisson(ANY_RATE, Random.stream(seed, '')) };
  }
  return {
    kind: 'closed',
    concurrency: 2 * tenant.workload.maxBatch,
    source: endless(tenant, seed, inputs),
  };
}

/** Requests with the tenant's own token counts that never run out; nobody reads their times. */
function endless(tenant: ScenarioTenant, seed: number, inputs: RunInputs): ArrivalSource {
  const { arrivals } = tenant;
  if (arrivals.kind === 'trace') return cycled(inputs.trace(arrivals.trace));
  if (arrivals.kind === 'generator') return openSource(tenant, arrivals, seed, ANY_RATE);
  return timed(tenant, seed, (r) => poisson(ANY_RATE, r));
}

/** The rows of a trace, over and over. */
function cycled(rows: TraceRows): ArrivalSource {
  let next = 0;
  return {
    atNs: 0,
    inputTokens: 0,
    outputTokens: 0,
    row: -1,
    next(this: { inputTokens: number; outputTokens: number; row: number }): boolean {
      if (rows.length === 0) return false;
      this.row = next;
      this.inputTokens = rows.inputTokens[next] ?? 0;
      this.outputTokens = rows.outputTokens[next] ?? 0;
      next = (next + 1) % rows.length;
      return true;
    },
  };
}

function openSource(
  tenant: ScenarioTenant,
  arrivals: Exclude<Arrivals, { kind: 'closed' | 'trace' }>,
  seed: number,
  soloPerS: number,
): ArrivalSource {
  switch (arrivals.kind) {
    case 'poisson':
      return timed(tenant, seed, (r) => poisson(arrivals.perS, r));
    case 'gamma':
      return timed(tenant, seed, (r) => gamma(arrivals.perS, arrivals.cv, r));
    case 'load':
      if (soloPerS <= 0) {
        throw new LithosError(
          'E_SOLO',
          `tenant '${tenant.name}' ends no request in the time that it is watched alone, so that its load is no rate`,
          'watch it longer with --alone, or state its arrivals as a rate or as closed: 1',
        );
      }
      return timed(tenant, seed, (r) => poisson(arrivals.share * soloPerS, r));
    case 'generator':
      return generated(findGenerator(arrivals.generator), {
        sample: arrivals.sample,
        seed,
        purpose: tenant.name,
      });
    case 'loadgen':
      return withOwnTokens(tenant, seed, new LoadgenServer(arrivals));
  }
}

/** A source that draws its gaps from the tenant's own stream, with tokens if it is an LLM. */
function timed(
  tenant: ScenarioTenant,
  seed: number,
  make: (random: Random) => ArrivalSource,
): ArrivalSource {
  return withOwnTokens(tenant, seed, make(Random.stream(seed, `${tenant.name}/arrivals`)));
}

/** Arrivals that carry no tokens of their own get those of the Azure conversation trace. */
function withOwnTokens(tenant: ScenarioTenant, seed: number, source: ArrivalSource): ArrivalSource {
  if (tenant.workload.kind !== 'llm') return source;
  return withTokens(source, tokenModel(AZURE_CONV, Random.stream(seed, `${tenant.name}/tokens`)));
}
