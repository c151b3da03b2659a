import { log, type Ns } from '@lithos/core';
import type { ArrivalSource } from './arrival-source.ts';
import { Mt19937 } from './mt19937.ts';

/**
 * What decides the arrivals of a LoadGen Server run (MLCommons inference, `loadgen.cc`,
 * `GenerateQueries`). This replays the arrival process; nothing that it yields is an MLPerf result.
 */
export interface LoadgenServerParams {
  /** `schedule_rng_seed`, unsigned 64 bits; LoadGen's generator uses it modulo 2^32. */
  readonly scheduleSeed: bigint;
  /** `target_qps`, queries per second. */
  readonly targetQps: number;
  readonly minDurationNs: Ns;
  /** `min_query_count`; LoadGen's default is 100. */
  readonly minQueries: number;
  /**
   * `performance_sample_count` of a run with `sample_concatenate_permutation` (LLMs): whole passes
   * over the samples are issued, so the number of queries is a multiple of it.
   */
  readonly wholePassesOf?: number;
}

function check(params: LoadgenServerParams): void {
  const { targetQps, minDurationNs, minQueries, wholePassesOf } = params;
  const count = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (!(targetQps > 0) || !Number.isFinite(targetQps)) throw new Error(`targetQps ${targetQps}`);
  if (!count(minDurationNs)) throw new Error(`minDurationNs ${minDurationNs}`);
  if (!count(minQueries)) throw new Error(`minQueries ${minQueries}`);
  if (wholePassesOf !== undefined && (!count(wholePassesOf) || wholePassesOf === 0)) {
    throw new Error(`wholePassesOf ${wholePassesOf}`);
  }
}

/**
 * The arrivals of LoadGen's Server scenario, to the nanosecond: the first at 0, then gaps of
 * `std::exponential_distribution<double>(targetQps)` over `std::mt19937`, each cut to whole ns,
 * until both the duration and the number of queries are reached.
 */
export class LoadgenServer implements ArrivalSource {
  atNs: Ns = 0;
  readonly inputTokens = 0;
  readonly outputTokens = 0;
  readonly row = -1;
  /** Queries yielded so far. */
  count = 0;
  /** When the query after the last one would come: after the end, `generated_query_duration`. */
  followingNs: Ns = 0;

  readonly #twister: Mt19937;
  readonly #targetQps: number;
  readonly #minDurationNs: Ns;
  readonly #pass: number;
  #minQueries: number;

  constructor(params: LoadgenServerParams) {
    check(params);
    this.#twister = new Mt19937(params.scheduleSeed);
    this.#targetQps = params.targetQps;
    this.#minDurationNs = params.minDurationNs;
    this.#pass = params.wholePassesOf ?? 0;
    this.#minQueries =
      this.#pass === 0 ? params.minQueries : Math.ceil(params.minQueries / this.#pass) * this.#pass;
  }

  next(): boolean {
    if (this.atNs >= this.#minDurationNs && this.count >= this.#minQueries) return false;
    this.count += 1;
    this.atNs = this.followingNs;
    const gapS = -log(1 - this.#twister.canonical()) / this.#targetQps;
    this.followingNs += Math.trunc(gapS * 1e9);
    if (this.#pass > 0 && this.count >= this.#minQueries && this.atNs < this.#minDurationNs) {
      this.#minQueries += this.#pass;
    }
    return true;
  }
}

/**
 * Number of queries and duration of a whole Server run: LoadGen's `generated_query_count` and
 * `generated_query_duration`. Stops, with what it has, after `limit` queries.
 */
export function loadgenServerRun(
  params: LoadgenServerParams,
  limit = Number.POSITIVE_INFINITY,
): { readonly queryCount: number; readonly durationNs: Ns } {
  const run = new LoadgenServer(params);
  while (run.count < limit && run.next());
  return { queryCount: run.count, durationNs: run.followingNs };
}
