import { MS } from '@lithos/core';
import type { Distribution } from '../results.ts';
import { LogSketch } from './log-sketch.ts';

/** Up to this many values percentiles are exact; beyond it memory stays flat. */
const EXACT_SAMPLES = 1_000_000;

/** Collects spans in nanoseconds and gives their distribution in milliseconds. */
export class Samples {
  private readonly exactLimit: number;
  private values = new Float64Array(1024);
  private sketch: LogSketch | undefined;
  private count = 0;
  private sum = 0;
  private max = 0;

  constructor(exactLimit: number = EXACT_SAMPLES) {
    this.exactLimit = exactLimit;
  }

  add(ns: number): void {
    if (this.sketch !== undefined) {
      this.sketch.add(ns);
    } else if (this.count < this.exactLimit) {
      if (this.count === this.values.length) this.grow();
      this.values[this.count] = ns;
    } else {
      this.sketch = this.fold();
      this.sketch.add(ns);
    }
    this.count += 1;
    this.sum += ns;
    this.max = Math.max(this.max, ns);
  }

  /** The distribution; all zeroes without values. */
  distribution(): Distribution {
    const { count, sketch } = this;
    if (count === 0) return { mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 };
    const sorted = this.values.slice(0, Math.min(count, this.values.length)).sort();
    // Percentiles in whole per cent keep ceil(p n) free of rounding.
    const percentile = (p: number): number => {
      const rank = Math.ceil((p * count) / 100);
      const ns = sketch === undefined ? (sorted[rank - 1] as number) : sketch.atRank(rank);
      return Math.min(ns, this.max) / MS;
    };
    return {
      mean: this.sum / count / MS,
      p50: percentile(50),
      p90: percentile(90),
      p95: percentile(95),
      p99: percentile(99),
      max: this.max / MS,
    };
  }

  private grow(): void {
    const grown = new Float64Array(this.values.length * 2);
    grown.set(this.values);
    this.values = grown;
  }

  private fold(): LogSketch {
    const sketch = new LogSketch();
    for (const value of this.values.subarray(0, this.count)) sketch.add(value);
    this.values = new Float64Array(0);
    return sketch;
  }
}
