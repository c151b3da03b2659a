import { describe, expect, it } from 'vitest';
import { collectRows } from '../collect.ts';
import { readAzureLlm } from '../node/azure-llm.ts';
import { sharedData } from '../node/shared-data.ts';
import { Random } from '../random.ts';
import { poisson } from '../renewal.ts';
import { traceStatistics } from '../statistics.ts';
import { tokenModel, withTokens } from '../tokens.ts';
import type { TraceRows } from '../trace-rows.ts';
import { AZURE_CODE } from './azure-code.ts';
import { AZURE_CONV } from './azure-conv.ts';
import { FittedArrivals } from './fitted-arrivals.ts';
import { findGenerator, generated } from './generators.ts';

const REAL = sharedData('traces/azure');

/** Largest distance between the two empirical distributions (Kolmogorov and Smirnov). */
function distance(a: Uint32Array, b: Uint32Array): number {
  const [x, y] = [a.slice().sort(), b.slice().sort()];
  let [i, j, most] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (x[i] === value) i += 1;
    while (y[j] === value) j += 1;
    most = Math.max(most, Math.abs(i / x.length - j / y.length));
  }
  return most;
}

const make = (trace: typeof AZURE_CONV, seed: number): TraceRows =>
  collectRows(generated(trace, { sample: 1, seed, purpose: 'test' }), trace.spanNs);

/** Statistics of the recorded traces, to which the generators are fitted. */
const RECORDED = [
  { trace: AZURE_CONV, rate: 5.53, cv: 1.094, dispersion: [1.39, 3.86, 16.1], tokens: [1155, 211] },
  {
    trace: AZURE_CODE,
    rate: 2.567,
    cv: 13.15,
    dispersion: [13.2, 71.6, 164],
    tokens: [2048, 27.9],
  },
] as const;

describe.each(RECORDED)('the generator $trace.id', ({ trace, rate, cv, dispersion, tokens }) => {
  it.each([1, 2, 3])('is like the recorded trace (seed %i)', (seed) => {
    const made = traceStatistics(make(trace, seed));
    const near = (value: number, recorded: number, tolerance: number): void => {
      expect(Math.abs(value / recorded - 1)).toBeLessThan(tolerance);
    };
    near(made.mean_rate_per_s, rate, 0.05);
    near(made.interarrival_cv, cv, 0.1);
    dispersion.forEach((recorded, i) => {
      near(made.dispersion[i]?.index ?? 0, recorded, 0.2);
    });
    near(made.input_tokens.mean, tokens[0], 0.05);
    near(made.output_tokens.mean, tokens[1], 0.1);
  });

  it('repeats after its span, rising always', () => {
    const source = new FittedArrivals(trace, Random.stream(1, 'long'));
    let [before, count] = [0, 0];
    while (source.next() && source.atNs < 3 * trace.spanNs) {
      expect(source.atNs >= before && Number.isInteger(source.atNs)).toBe(true);
      before = source.atNs;
      count += 1;
    }
    const once = trace.counts.reduce((sum, n) => sum + n, 0);
    expect(Math.abs(count / (3 * once) - 1)).toBeLessThan(0.05);
  });

  it('thins to a sample', () => {
    const source = generated(trace, { sample: 0.25, seed: 1, purpose: 'test' });
    const thinned = traceStatistics(collectRows(source, trace.spanNs));
    expect(Math.abs(thinned.mean_rate_per_s / (rate / 4) - 1)).toBeLessThan(0.1);
  });

  it('is the same for the same seed and purpose only', () => {
    const first = (seed: number, purpose: string): string => {
      const source = generated(trace, { sample: 1, seed, purpose });
      source.next();
      return `${source.atNs} ${source.inputTokens} ${source.outputTokens}`;
    };
    expect(first(1, 'a')).toBe(first(1, 'a'));
    expect(new Set([first(1, 'a'), first(1, 'b'), first(2, 'a')]).size).toBe(3);
  });
});

describe.skipIf(REAL === undefined)('token counts', () => {
  it.each([
    ['conv', AZURE_CONV],
    ['code', AZURE_CODE],
  ] as const)('of %s are distributed as recorded', async (name, trace) => {
    const real = await readAzureLlm(`${REAL}/AzureLLMInferenceTrace_${name}.csv`);
    const n = real.rows.length;
    const made = make(trace, 5);
    const columns = ['inputTokens', 'outputTokens'] as const;
    for (const column of columns) {
      const recorded = real.rows[column].subarray(0, n);
      expect(distance(recorded, made[column].subarray(0, made.length))).toBeLessThan(0.045);
    }
  });
});

it('gives tokens to arrivals of another kind', () => {
  const model = tokenModel(AZURE_CONV, Random.stream(1, 'tokens'));
  const source = withTokens(poisson(1, Random.stream(1, 'arrivals')), model);
  expect(source.next()).toBe(true);
  expect(source.inputTokens).toBeGreaterThan(0);
  expect(source.outputTokens).toBeGreaterThan(0);
});

it('names the nearest generator', () => {
  expect(() => findGenerator('azure-llm-2023-con')).toThrow("did you mean 'azure-llm-2023-conv'");
});
