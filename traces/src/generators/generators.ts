import { LithosError, nearest } from '@lithos/core';
import type { ArrivalSource } from '../arrival-source.ts';
import { Random } from '../random.ts';
import { tokenModel, withTokens } from '../tokens.ts';
import { AZURE_CODE } from './azure-code.ts';
import { AZURE_CONV } from './azure-conv.ts';
import { FittedArrivals } from './fitted-arrivals.ts';
import type { FittedTrace } from './fitted-trace.ts';
import { thin } from './thin.ts';

/** The generators that come with the package; each bears the name of the trace it is fitted to. */
export const GENERATORS: readonly FittedTrace[] = [AZURE_CONV, AZURE_CODE];

/** Looks up a generator; an unknown id is a `LithosError` `E_GENERATOR_UNKNOWN`. */
export function findGenerator(id: string): FittedTrace {
  const found = GENERATORS.find((trace) => trace.id === id);
  if (found !== undefined) return found;
  const known = GENERATORS.map((trace) => trace.id);
  const near = nearest(id, known);
  throw new LithosError(
    'E_GENERATOR_UNKNOWN',
    `unknown generator '${id}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    `known: ${known.join(', ')}`,
  );
}

/**
 * Requests with arrivals and token counts like a recorded trace's, each kept with probability
 * `sample`. Streams are named after `purpose`, so tenants do not disturb each other.
 */
export function generated(
  trace: FittedTrace,
  options: { readonly sample: number; readonly seed: number; readonly purpose: string },
): ArrivalSource {
  const stream = (part: string): Random =>
    Random.stream(options.seed, `${options.purpose}/${part}`);
  const all = new FittedArrivals(trace, stream('arrivals'));
  const kept = options.sample === 1 ? all : thin(all, options.sample, stream('sample'));
  return withTokens(kept, tokenModel(trace, stream('tokens')));
}
