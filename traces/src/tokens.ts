import { exp, log, type Ns } from '@lithos/core';
import type { ArrivalSource } from './arrival-source.ts';
import { type FittedTrace, KNOT_PERCENTILES } from './generators/fitted-trace.ts';
import type { Random } from './random.ts';

/** Draws token counts of requests: `draw()` sets the two fields. */
export interface TokenModel {
  draw(): void;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A distribution given by its values at `KNOT_PERCENTILES`, log-linear in between. */
class Knots {
  readonly #logs: Float64Array;

  constructor(values: readonly number[]) {
    if (values.length !== KNOT_PERCENTILES.length) throw new Error(`${values.length} knots`);
    this.#logs = Float64Array.from(values, log);
  }

  draw(random: Random): number {
    const percentile = 100 * random.uniform();
    let i = 0;
    while (percentile >= (KNOT_PERCENTILES[i + 1] as number)) i += 1;
    const from = KNOT_PERCENTILES[i] as number;
    const share = (percentile - from) / ((KNOT_PERCENTILES[i + 1] as number) - from);
    const low = this.#logs[i] as number;
    return Math.round(exp(low + share * ((this.#logs[i + 1] as number) - low)));
  }
}

/**
 * Token counts distributed like those of a recorded trace. Prompt and output are drawn apart: their
 * correlation in the Azure traces is weak (Spearman -0.02 code, 0.07 conversation), and the quantile
 * knots come nearer to the recorded distributions than a joint mixture of six lognormals does.
 */
export function tokenModel(trace: FittedTrace, random: Random): TokenModel {
  return new IndependentKnots(trace, random);
}

class IndependentKnots implements TokenModel {
  inputTokens = 0;
  outputTokens = 0;
  readonly #input: Knots;
  readonly #output: Knots;
  readonly #random: Random;

  constructor(trace: FittedTrace, random: Random) {
    this.#input = new Knots(trace.inputKnots);
    this.#output = new Knots(trace.outputKnots);
    this.#random = random;
  }

  draw(): void {
    this.inputTokens = this.#input.draw(this.#random);
    this.outputTokens = this.#output.draw(this.#random);
  }
}

class WithTokens implements ArrivalSource {
  readonly #source: ArrivalSource;
  readonly #model: TokenModel;

  constructor(source: ArrivalSource, model: TokenModel) {
    this.#source = source;
    this.#model = model;
  }

  get atNs(): Ns {
    return this.#source.atNs;
  }
  get inputTokens(): number {
    return this.#model.inputTokens;
  }
  get outputTokens(): number {
    return this.#model.outputTokens;
  }
  get row(): number {
    return this.#source.row;
  }

  next(): boolean {
    if (!this.#source.next()) return false;
    this.#model.draw();
    return true;
  }
}

/** The arrivals of a source, with token counts drawn from a model. */
export function withTokens(source: ArrivalSource, model: TokenModel): ArrivalSource {
  return new WithTokens(source, model);
}
