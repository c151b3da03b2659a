import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LlmServer } from './llm-server.ts';
import { LlmSteps, type Step } from './llm-steps.ts';
import { DriverBench, launchesOf, sourceOf, stepProfile } from './testing.ts';

const PREFILL_NS = 8000;
const DECODE_NS = 2000;
/** Around each step: the launch of its graph, and the synchronisation. */
const HOST_NS = 1500;

/** Steps that always take the same, and note what was asked of them. */
class NotedSteps extends LlmSteps {
  readonly asked: string[] = [];

  constructor() {
    const prefill = stepProfile(PREFILL_NS, { phase: 'prefill', batch: 1, sequenceLength: 1 });
    const decode = stepProfile(DECODE_NS, { phase: 'decode', batch: 1, contextLength: 0 });
    const measured = [prefill, decode].map((profile) => ({
      profile,
      launches: launchesOf(profile.iterationNs),
    }));
    super(measured, 'graph', 0);
  }

  override prefill(tokens: number): Step {
    this.asked.push(`prefill ${tokens}`);
    return super.prefill(tokens);
  }

  override decode(batch: number, tokens: number): Step {
    this.asked.push(`decode ${batch} x ${tokens}`);
    return super.decode(batch, tokens);
  }
}

type Request = readonly [at: number, input: number, output: number];

function serve(requests: readonly Request[], maxBatch: number, closed?: number) {
  const bench = new DriverBench();
  const steps = new NotedSteps();
  const source = sourceOf(requests);
  const server = new LlmServer(
    bench.context,
    steps,
    maxBatch,
    closed === undefined
      ? { kind: 'open', source }
      : { kind: 'closed', concurrency: closed, source },
  );
  server.start();
  return { engine: bench.engine, arrived: bench.arrived, finished: bench.finished, server, steps };
}

const P = PREFILL_NS + HOST_NS;
const D = DECODE_NS + HOST_NS;

describe('LlmServer', () => {
  it('gives the first token at the end of the prefill, and each further one by a decode step', () => {
    const { engine, finished, steps } = serve([[100, 50, 3]], 4);
    engine.run(1e6);
    expect(finished).toMatchObject([
      {
        request: 0,
        arrivalNs: 100,
        startNs: 100,
        firstTokenNs: 100 + P,
        endNs: 100 + P + 2 * D,
        inputTokens: 50,
        outputTokens: 3,
        row: 0,
      },
    ]);
    expect(steps.asked).toEqual(['prefill 50', 'decode 1 x 51', 'decode 1 x 52']);
  });

  it('finishes a request for one token at its prefill', () => {
    const { engine, finished, steps } = serve([[0, 7, 1]], 4);
    engine.run(1e6);
    expect(finished).toMatchObject([{ firstTokenNs: P, endNs: P }]);
    expect(steps.asked).toEqual(['prefill 7']);
  });

  it('prefills all that wait before it decodes them together', () => {
    const { engine, finished, steps } = serve(
      [
        [0, 10, 3],
        [0, 20, 2],
      ],
      4,
    );
    engine.run(1e6);
    expect(steps.asked).toEqual(['prefill 10', 'prefill 20', 'decode 2 x 32', 'decode 1 x 12']);
    expect(finished.map((r) => [r.request, r.endNs])).toEqual([
      [1, 2 * P + D],
      [0, 2 * P + 2 * D],
    ]);
  });

  it('takes a request that comes in between into the batch at the next step', () => {
    const { engine, steps, finished } = serve(
      [
        [0, 10, 5],
        [P + D + 1, 100, 2],
      ],
      4,
    );
    engine.run(1e6);
    expect(steps.asked).toEqual([
      'prefill 10',
      'decode 1 x 11',
      'decode 1 x 12',
      'prefill 100',
      'decode 2 x 114',
      'decode 1 x 14',
    ]);
    expect(finished[0]).toMatchObject({ request: 1, firstTokenNs: 2 * P + 2 * D });
  });

  it('never has more in the batch than it may, and prefills the next when one leaves', () => {
    const { engine, steps, finished } = serve(
      [
        [0, 1, 3],
        [0, 1, 2],
        [0, 1, 2],
      ],
      2,
    );
    engine.run(1e6);
    expect(steps.asked).toEqual([
      'prefill 1',
      'prefill 1',
      'decode 2 x 4',
      'prefill 1',
      'decode 2 x 5',
    ]);
    expect(finished.map((r) => r.request)).toEqual([1, 0, 2]);
  });

  it('knows who is not finished, and who has had a first token', () => {
    const { engine, server } = serve(
      [
        [0, 1, 9],
        [0, 1, 9],
        [5, 1, 9],
      ],
      2,
    );
    engine.run(P - 1);
    expect(server.unfinished()).toEqual([{ arrivalNs: 0 }, { arrivalNs: 5 }, { arrivalNs: 0 }]);
    engine.run(2 * P + 1);
    expect(server.unfinished()).toEqual([
      { arrivalNs: 0, firstTokenNs: P },
      { arrivalNs: 0, firstTokenNs: 2 * P },
      { arrivalNs: 5 },
    ]);
  });

  it('fed in a closed loop lets one arrive for each that finishes', () => {
    const requests = Array.from({ length: 100 }, (): Request => [9e9, 10, 2]);
    const { engine, server, arrived, finished, steps } = serve(requests, 2, 3);
    engine.run(20 * (P + D));
    expect(server.unfinished()).toHaveLength(3);
    expect(finished.length).toBeGreaterThan(10);
    expect(arrived).toEqual([0, 0, 0, ...finished.map((r) => r.endNs)]);
    expect(steps.asked.slice(0, 4)).toEqual([
      'prefill 10',
      'prefill 10',
      'decode 2 x 22',
      'prefill 10',
    ]);
  });

  it('serves everybody once, with all their tokens, in a batch that is bounded', () => {
    const request = fc.tuple(
      fc.nat(40_000),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 12 }),
    );
    const cases = fc.tuple(fc.array(request, { maxLength: 25 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(cases, ([unsorted, maxBatch]) => {
        const requests = [...unsorted].sort((a, b) => a[0] - b[0]);
        const { engine, finished, server, steps } = serve(requests, maxBatch);
        engine.run(1e8);
        expect(server.unfinished()).toEqual([]);
        const inOrder = [...finished].sort((a, b) => a.request - b.request);
        expect(inOrder.map((r) => [r.arrivalNs, r.inputTokens, r.outputTokens])).toEqual(requests);
        let last = 0;
        for (const { arrivalNs, startNs, firstTokenNs, endNs, outputTokens } of inOrder) {
          // First come, first served, and TTFT before the end.
          expect(firstTokenNs).toBeGreaterThanOrEqual(Math.max(last, arrivalNs) + P);
          expect(startNs).toBe((firstTokenNs ?? 0) - P);
          expect(endNs - (firstTokenNs ?? 0)).toBeGreaterThanOrEqual(((outputTokens ?? 0) - 1) * D);
          last = firstTokenNs ?? 0;
        }
        const sizes = steps.asked.flatMap((s) =>
          s.startsWith('decode') ? [Number(s.split(' ')[1])] : [],
        );
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(maxBatch);
        // Every token but the first comes from a sequence in a decode step.
        const tokens = requests.reduce((sum, [, , output]) => sum + output - 1, 0);
        expect(sizes.reduce((a, b) => a + b, 0)).toBe(tokens);
      }),
      { numRuns: 60 },
    );
  });
});
