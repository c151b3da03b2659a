import { describe, expect, it } from 'vitest';
import type { ArrivalSource } from './arrival-source.ts';
import { collectRows } from './collect.ts';
import { thin } from './generators/thin.ts';
import { Random } from './random.ts';
import { gamma, poisson } from './renewal.ts';
import { traceStatistics } from './statistics.ts';
import { fromRows, type TraceRows } from './trace-rows.ts';

const SECONDS = 1e9;
const stream = (name: string): Random => Random.stream(11, name);

function take(source: ArrivalSource, n: number): number[] {
  return Array.from({ length: n }, () => (source.next() ? source.atNs : -1));
}

describe('poisson and gamma', () => {
  it('keep their rate and burstiness', () => {
    const smooth = traceStatistics(collectRows(poisson(50, stream('p')), 400 * SECONDS));
    expect(smooth.mean_rate_per_s).toBeCloseTo(50, -1);
    expect(smooth.interarrival_cv).toBeCloseTo(1, 1);
    expect(smooth.dispersion[0]?.index).toBeGreaterThan(0.8);
    expect(smooth.dispersion[0]?.index).toBeLessThan(1.2);
    const bursty = traceStatistics(collectRows(gamma(50, 3, stream('g')), 400 * SECONDS));
    expect(bursty.mean_rate_per_s).toBeCloseTo(50, -1);
    expect(bursty.interarrival_cv).toBeGreaterThan(2.7);
    expect(bursty.interarrival_cv).toBeLessThan(3.3);
  });

  it('are the same for the same stream, and without tokens', () => {
    expect(take(poisson(10, stream('x')), 5)).toEqual(take(poisson(10, stream('x')), 5));
    const source = poisson(10, stream('x'));
    source.next();
    expect([source.inputTokens, source.outputTokens, source.row]).toEqual([0, 0, -1]);
  });

  it('refuse what is not positive', () => {
    expect(() => poisson(0, stream('x'))).toThrow('rate 0/s');
    expect(() => gamma(1, Number.NaN, stream('x'))).toThrow('cv NaN');
  });
});

describe('fromRows', () => {
  const n = 10_000;
  const rows: TraceRows = {
    length: n,
    atNs: Float64Array.from({ length: n }, (_, i) => i * 1000),
    inputTokens: Uint32Array.from({ length: n }, (_, i) => i + 1),
    outputTokens: Uint32Array.from({ length: n }, (_, i) => i + 2),
  };

  it('replays every row', () => {
    const source = fromRows(rows, 1, stream('s'));
    source.next();
    source.next();
    expect([source.atNs, source.inputTokens, source.outputTokens, source.row]).toEqual([
      1000, 2, 3, 1,
    ]);
    while (source.next());
    expect([source.read, source.kept, source.dropped]).toEqual([n, n, 0]);
    expect(source.next()).toBe(false);
  });

  it('thins by the share that was asked for and counts', () => {
    const source = fromRows(rows, 0.25, stream('s'));
    while (source.next());
    expect(source.read).toBe(n);
    expect(source.kept + source.dropped).toBe(n);
    expect(source.kept / n).toBeCloseTo(0.25, 1);
  });

  it('refuses a share that is not one', () => {
    expect(() => fromRows(rows, 0, stream('s'))).toThrow('sample 0');
    expect(() => fromRows(rows, 1.5, stream('s'))).toThrow('sample 1.5');
  });
});

it('thin keeps a share of the arrivals', () => {
  const all = take(poisson(10, stream('x')), 20_000);
  const kept = thin(poisson(10, stream('x')), 0.1, stream('t'));
  let count = 0;
  while (kept.next() && kept.atNs <= (all.at(-1) ?? 0)) count += 1;
  expect(count / 20_000).toBeCloseTo(0.1, 1);
});
