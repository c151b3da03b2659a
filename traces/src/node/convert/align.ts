import { type CanonicalName, isClustered, likeness } from './kernel-names.ts';
import type { Dim3 } from './measurements.ts';

/** What an alignment looks at in a launch. */
export interface AlignedLaunch {
  readonly name: CanonicalName;
  readonly grid: Dim3;
  readonly block: Dim3;
  /** Device time on the whole device. */
  readonly durationNs: number;
}

/** Leaving a launch without a counterpart. */
const UNMATCHED = 1;
/** Passing over counted launches. */
const SKIP = 0.7;
/** Going back: the next layer of a model that was counted with one layer. */
const BACK = 1.2;

/** Whether two grids or blocks are the same. */
export const same = (a: Dim3, b: Dim3): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];

const blocks = (launch: AlignedLaunch): number => launch.grid[0] * launch.grid[1] * launch.grid[2];

/** Cost of taking two launches for the same, or infinity where name, grid or block forbids it. */
function cost(launch: AlignedLaunch, counted: AlignedLaunch): number {
  if (launch.name.base !== counted.name.base) return Number.POSITIVE_INFINITY;
  if (!same(launch.block, counted.block)) return Number.POSITIVE_INFINITY;
  if (!same(launch.grid, counted.grid)) {
    const folded = isClustered(launch.name.base) && blocks(launch) === blocks(counted);
    if (!folded) return Number.POSITIVE_INFINITY;
  }
  const ratio = Math.abs(Math.log(counted.durationNs / Math.max(1, launch.durationNs)));
  return 0.4 * (1 - likeness(launch.name, counted.name)) + 0.15 * Math.min(2, ratio);
}

/**
 * For each launch the index of the counted launch that it is, or -1.
 *
 * Both lists are in launch order, but the counted one may hold one layer where the model has many,
 * and the two runs may differ in a few launches. So the least-cost path (Viterbi) is sought through
 * the counted list: a step ahead is free, skips and going back to an earlier launch cost something.
 */
export function align(
  launches: readonly AlignedLaunch[],
  counted: readonly AlignedLaunch[],
): Int32Array {
  const n = counted.length;
  const result = new Int32Array(launches.length).fill(-1);
  if (n === 0) return result;
  // best[j]: least cost so far of a path that last visited counted launch j - 1 (0: none yet).
  let best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  /** Per launch and state the state before it; a negative one means the launch stayed unmatched. */
  const from: Int32Array[] = [];
  for (const launch of launches) {
    const { next, back } = advance(launch, counted, best);
    best = next;
    from.push(back);
  }
  let state = 0;
  for (let j = 1; j <= n; j++) if ((best[j] as number) < (best[state] as number)) state = j;
  for (let i = launches.length - 1; i >= 0; i--) {
    const before = (from[i] as Int32Array)[state] as number;
    if (before >= 0) {
      result[i] = state - 1;
      state = before;
    }
  }
  return result;
}

function advance(
  launch: AlignedLaunch,
  counted: readonly AlignedLaunch[],
  best: Float64Array,
): { readonly next: Float64Array<ArrayBuffer>; readonly back: Int32Array } {
  const n = counted.length;
  const next = new Float64Array(n + 1);
  const back = new Int32Array(n + 1).fill(-1);
  let anywhere = 0;
  for (let j = 1; j <= n; j++) if ((best[j] as number) < (best[anywhere] as number)) anywhere = j;
  let earlier = 0;
  for (let j = 0; j <= n; j++) {
    next[j] = (best[j] as number) + UNMATCHED;
    if (j === 0) continue;
    if ((best[j - 1] as number) < (best[earlier] as number)) earlier = j - 1;
    const own = cost(launch, counted[j - 1] as AlignedLaunch);
    if (own === Number.POSITIVE_INFINITY) continue;
    const consider = (state: number, step: number): void => {
      const total = (best[state] as number) + step + own;
      if (total < (next[j] as number)) {
        next[j] = total;
        back[j] = state;
      }
    };
    consider(j - 1, 0);
    consider(earlier, SKIP);
    consider(anywhere, BACK);
  }
  return { next, back };
}
