import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClosedLoop } from './closed-loop.ts';
import { DriverBench, launchesOf } from './testing.ts';

/** Runs a loop of 5 us iterations for `untilNs`. */
function loop(concurrency: number, untilNs: number, mode: 'graph' | 'stream' = 'graph') {
  const bench = new DriverBench();
  const driver = new ClosedLoop(
    bench.context,
    { launches: launchesOf(3000, 2000), mode },
    concurrency,
  );
  driver.start();
  bench.engine.run(untilNs);
  return { driver, finished: bench.finished, arrived: bench.arrived, scheduler: bench.scheduler };
}

describe('ClosedLoop', () => {
  it('with one iteration at a time pays for launch and synchronisation in each', () => {
    const { finished } = loop(1, 20_000);
    expect(finished.map((r) => [r.request, r.arrivalNs, r.endNs])).toEqual([
      [0, 0, 6500],
      [1, 6500, 13_000],
      [2, 13_000, 19_500],
    ]);
  });

  it('with two keeps the device busy', () => {
    const { finished } = loop(2, 40_000);
    // The first ends at 1,000 + 5,000 and is noticed 500 later; the device goes on with the next.
    expect(finished.map((r) => r.endNs)).toEqual([
      6500, 11_500, 16_500, 21_500, 26_500, 31_500, 36_500,
    ]);
    expect(finished.map((r) => r.arrivalNs)).toEqual([0, 0, 6500, 11_500, 16_500, 21_500, 26_500]);
  });

  it('launching kernel by kernel takes the host’s time for each', () => {
    expect(loop(1, 20_000, 'stream').finished.map((r) => r.endNs)).toEqual([5600, 11_200, 16_800]);
  });

  it('begins nothing from the time at which it was told to stop, and finishes what it began', () => {
    const bench = new DriverBench();
    const iteration = { launches: launchesOf(5000), mode: 'graph' } as const;
    const driver = new ClosedLoop(bench.context, iteration, 2, 11_500);
    driver.start();
    bench.engine.run(100_000);
    expect(bench.arrived).toEqual([0, 0, 6500]);
    expect(bench.finished.map((r) => r.endNs)).toEqual([6500, 11_500, 16_500]);
    expect(driver.unfinished()).toEqual([]);
  });

  it('takes longer by the factor of its iteration', () => {
    const bench = new DriverBench();
    const iteration = { launches: launchesOf(5000), mode: 'graph', scale: 1.5 } as const;
    new ClosedLoop(bench.context, iteration, 1).start();
    bench.engine.run(9000);
    expect(bench.finished.map((r) => r.endNs)).toEqual([1000 + 7500 + 500]);
  });

  it('always has as many in flight as it was told, and counts them all', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(200_000));
    fc.assert(
      fc.property(cases, ([concurrency, untilNs]) => {
        const { driver, finished, arrived } = loop(concurrency, untilNs);
        const unfinished = driver.unfinished();
        expect(unfinished).toHaveLength(concurrency);
        expect(finished.length + concurrency).toBe(arrived.length);
        expect(finished.map((r) => r.request)).toEqual(finished.map((_, i) => i));
        expect([...finished, ...unfinished].map((r) => r.arrivalNs)).toEqual(arrived);
        finished.forEach((r, i) => {
          // A completion lets exactly one more arrive, at that moment.
          expect(arrived[i + concurrency]).toBe(r.endNs);
        });
      }),
      { numRuns: 60 },
    );
  });
});
