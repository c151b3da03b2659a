import { assert, bigInt, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadgenServer, loadgenServerRun } from './loadgen.ts';

/** The schedule seed of the v5.1 round. */
const SEED = 18209322760996052031n;

describe('loadgenServerRun', () => {
  it('gives what LoadGen 5.1 logged, to the nanosecond', () => {
    // A token benchmark: whole passes over 24,576 samples.
    expect(
      loadgenServerRun({
        scheduleSeed: SEED,
        targetQps: 29.5,
        minDurationNs: 600e9,
        minQueries: 100,
        wholePassesOf: 24_576,
      }),
    ).toEqual({ queryCount: 24_576, durationNs: 829_680_614_631 });
    // One that ends as soon as the duration is reached.
    expect(
      loadgenServerRun({
        scheduleSeed: SEED,
        targetQps: 18.5,
        minDurationNs: 600e9,
        minQueries: 100,
      }),
    ).toEqual({ queryCount: 11_212, durationNs: 600_147_619_045 });
  });

  it('adds whole passes until the duration is reached', () => {
    const run = loadgenServerRun({
      scheduleSeed: SEED,
      targetQps: 83.5,
      minDurationNs: 600e9,
      minQueries: 100,
      wholePassesOf: 24_576,
    });
    expect(run).toEqual({ queryCount: 3 * 24_576, durationNs: 878_749_382_839 });
  });

  it('stops at a limit', () => {
    const params = { scheduleSeed: 1n, targetQps: 1e9, minDurationNs: 1e15, minQueries: 1 };
    expect(loadgenServerRun(params, 1000).queryCount).toBe(1000);
  });

  it('refuses settings that make no sense', () => {
    const good = { scheduleSeed: 1n, targetQps: 1, minDurationNs: 1, minQueries: 1 };
    expect(() => loadgenServerRun({ ...good, targetQps: 0 })).toThrow('targetQps');
    expect(() => loadgenServerRun({ ...good, minDurationNs: Number.NaN })).toThrow('minDuration');
    expect(() => loadgenServerRun({ ...good, minQueries: -1 })).toThrow('minQueries');
    expect(() => loadgenServerRun({ ...good, wholePassesOf: 0 })).toThrow('wholePassesOf');
  });
});

it('starts at 0, never goes back, and ends by the rules', () => {
  const params = record({
    scheduleSeed: bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    targetQps: integer({ min: 1, max: 5000 }),
    minDurationNs: integer({ min: 1, max: 200_000_000 }),
    minQueries: integer({ min: 1, max: 300 }),
    wholePassesOf: integer({ min: 1, max: 100 }),
  });
  assert(
    property(params, (p) => {
      const run = new LoadgenServer(p);
      let before = 0;
      let ascending = true;
      let first: number | undefined;
      while (run.next()) {
        first ??= run.atNs;
        ascending &&= run.atNs >= before && Number.isInteger(run.atNs);
        before = run.atNs;
      }
      const enough = run.count >= p.minQueries && run.atNs >= p.minDurationNs;
      return first === 0 && ascending && enough && run.count % p.wholePassesOf === 0;
    }),
  );
});
