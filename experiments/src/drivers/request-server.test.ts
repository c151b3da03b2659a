import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestServer } from './request-server.ts';
import { COSTS, DriverBench, launchesOf, sourceOf } from './testing.ts';

/** Two kernels, 5 us in all, launched as a graph. */
const ITERATION = { launches: launchesOf(3000, 2000), mode: 'graph' } as const;
/** From the start of a request to its end. */
const SERVICE = COSTS.graphLaunchNs + 5000 + COSTS.syncNs;

function serve(
  arrivals: readonly number[],
  iteration: ConstructorParameters<typeof RequestServer>[1] = ITERATION,
) {
  const bench = new DriverBench();
  const server = new RequestServer(bench.context, iteration, sourceOf(arrivals));
  server.start();
  return { ...bench, engine: bench.engine, server };
}

describe('RequestServer', () => {
  it('serves a request by launching its graph and synchronising', () => {
    const { engine, finished } = serve([10_000]);
    engine.run(100_000);
    expect(finished).toEqual([
      {
        request: 0,
        arrivalNs: 10_000,
        startNs: 10_000,
        endNs: 10_000 + SERVICE,
        inputTokens: 0,
        row: 0,
      },
    ]);
    expect(SERVICE).toBe(6500);
  });

  it('serves one at a time, first come, first served', () => {
    const { engine, finished } = serve([0, 1000, 2000, 30_000]);
    engine.run(100_000);
    expect(finished.map((r) => [r.request, r.startNs, r.endNs])).toEqual([
      [0, 0, 6500],
      [1, 6500, 13_000],
      [2, 13_000, 19_500],
      [3, 30_000, 36_500],
    ]);
  });

  it('knows who has arrived and is not finished', () => {
    const { engine, server } = serve([0, 1000, 2000, 30_000]);
    expect(server.unfinished()).toEqual([]);
    engine.run(7000);
    expect(server.unfinished()).toEqual([{ arrivalNs: 1000 }, { arrivalNs: 2000 }]);
    engine.run(20_000);
    expect(server.unfinished()).toEqual([]);
    engine.run(30_000);
    expect(server.unfinished()).toEqual([{ arrivalNs: 30_000 }]);
  });

  it('launching kernel by kernel pays for each, beside the device', () => {
    const long = serve([0], { launches: launchesOf(3000, 2000), mode: 'stream' });
    long.engine.run(100_000);
    // The second launch is issued while the first kernel runs.
    expect(long.finished[0]?.endNs).toBe(100 + 5000 + 500);
    const short = serve([0], {
      launches: launchesOf(...Array<number>(10).fill(30)),
      mode: 'stream',
    });
    short.engine.run(100_000);
    // Kernels of 30 ns wait for the host, which needs 100 ns for each.
    expect(short.finished[0]?.endNs).toBe(10 * 100 + 30 + 500);
  });

  it('keeps up with its queue and never idles while somebody waits', () => {
    const gaps = fc.array(fc.nat(15_000), { maxLength: 40 });
    fc.assert(
      fc.property(gaps, (waits) => {
        let at = 0;
        const arrivals = waits.map((wait) => (at += wait));
        const { engine, finished, arrived, server } = serve(arrivals);
        engine.run(1e9);
        expect(arrived).toEqual(arrivals);
        let free = 0;
        const expected = arrivals.map((arrivalNs, request) => {
          const startNs = Math.max(arrivalNs, free);
          free = startNs + SERVICE;
          return { request, arrivalNs, startNs, endNs: free, inputTokens: 0, row: request };
        });
        expect(finished).toEqual(expected);
        expect(server.unfinished()).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
