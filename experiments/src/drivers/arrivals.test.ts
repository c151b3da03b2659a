import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalPlayer } from './arrivals.ts';
import { DriverBench, sourceOf } from './testing.ts';
import { WaitingLine, type WaitingRequest } from './waiting-line.ts';

const head = (line: WaitingLine): WaitingRequest => {
  const into = { request: -1, arrivalNs: -1, inputTokens: -1, outputTokens: -1, row: -1 };
  line.shift(into);
  return into;
};

describe('ArrivalPlayer', () => {
  it('lets requests arrive at their times, counted from its start', () => {
    const bench = new DriverBench();
    bench.engine.run(1000);
    const seen: number[] = [];
    const player = new ArrivalPlayer(bench.context, sourceOf([0, 30, 30, 31, 500]), () =>
      seen.push(bench.engine.now()),
    );
    player.start();
    bench.engine.run(1400);
    expect(seen).toEqual([1000, 1030, 1030, 1031]);
    bench.engine.run(10_000);
    expect(seen).toEqual([1000, 1030, 1030, 1031, 1500]);
    expect(bench.arrived).toEqual(seen);
    expect(player.line.arrivals()).toEqual(seen);
  });

  it('numbers them, and keeps their tokens and rows', () => {
    const { context, engine } = new DriverBench();
    const player = new ArrivalPlayer(
      context,
      sourceOf([
        [5, 100, 7],
        [6, 200, 8],
      ]),
      () => {},
    );
    player.start();
    engine.run(10);
    expect([head(player.line), head(player.line)]).toEqual([
      { request: 0, arrivalNs: 5, inputTokens: 100, outputTokens: 7, row: 0 },
      { request: 1, arrivalNs: 6, inputTokens: 200, outputTokens: 8, row: 1 },
    ]);
  });

  it('lets the next one arrive now when it is told to, while there is one', () => {
    const { context, engine, arrived } = new DriverBench();
    const player = new ArrivalPlayer(
      context,
      sourceOf([
        [9000, 1, 2],
        [9999, 3, 4],
      ]),
      () => {},
    );
    engine.run(42);
    player.inject();
    engine.run(50);
    player.inject();
    player.inject();
    expect(arrived).toEqual([42, 50]);
    expect(head(player.line)).toMatchObject({ request: 0, arrivalNs: 42, outputTokens: 2 });
    expect(head(player.line)).toMatchObject({ request: 1, arrivalNs: 50, outputTokens: 4 });
    expect(player.line.length).toBe(0);
  });
});

describe('WaitingLine', () => {
  it('is first in, first out, whatever comes and goes', () => {
    const script = fc.array(fc.tuple(fc.nat(150), fc.nat(150)), { maxLength: 12 });
    fc.assert(
      fc.property(script, (steps) => {
        const line = new WaitingLine();
        const model: number[] = [];
        let n = 0;
        for (const [come, go] of steps) {
          for (let i = 0; i < come; i++, n++) {
            line.push(n, n * 10, n * 2, n * 3, n + 7);
            model.push(n);
          }
          for (let i = 0; i < go && model.length > 0; i++) {
            const k = model.shift() as number;
            expect(head(line)).toEqual({
              request: k,
              arrivalNs: k * 10,
              inputTokens: k * 2,
              outputTokens: k * 3,
              row: k + 7,
            });
          }
          expect(line.length).toBe(model.length);
          expect(line.arrivals()).toEqual(model.map((k) => k * 10));
        }
      }),
      { numRuns: 40 },
    );
  });
});
