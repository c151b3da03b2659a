import { estimate } from './statistics.ts';
import type { Claim } from './types.ts';

interface ClaimOptions {
  /** What the paper has. */
  readonly paper: number;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** Our figure, once per seed. */
  readonly values: readonly number[];
  readonly note?: string;
  /** What decides instead of `paper`. */
  readonly threshold?: number;
}

/** A claim holds if our mean is at least as good as the paper's figure. */
export function claim(id: string, options: ClaimOptions): Claim {
  const { paper, unit, better, note, threshold = paper } = options;
  const { mean, ci95 } = estimate(options.values);
  const ours = rounded(mean);
  return {
    id,
    paper,
    ours,
    unit,
    better,
    meets: better === 'lower' ? ours <= threshold : ours >= threshold,
    ...(ci95 !== undefined && { ci95: rounded(ci95) }),
    ...(note !== undefined && { note }),
  };
}

/** Four digits: more than any repetition can hold. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
