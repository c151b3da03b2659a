import type { Submission } from '../submission.ts';
import { MS, SECOND } from '../units.ts';
import { type Bench, check, expect, smallest } from './contract-bench.ts';

/** Blocks of a launch that waits last this long, ns. */
const TURN_NS = 2 * MS;
/** The launch that they wait for, at first; and how long it is made at most, ns. */
const HOLD_NS = 20 * MS;
const LONGEST_NS = SECOND;
/** What is submitted has reached the device by then, ns. */
const ON_ITS_WAY_NS = MS;

/**
 * One launch fills the smallest TPC set, and one on each level waits for it, the least urgent first:
 * whoever is more urgent begins before whoever is less. Nothing follows if the first launch was over before
 * all others waited, which a slow host may need a longer one for.
 */
export const PRIORITIES = check(
  'serves the more urgent first of those that wait for the same TPCs',
  ({ capabilities }) => capabilities.priorityLevels + 1,
  async (bench) => {
    const { info } = bench.port;
    const levels = info.capabilities.priorityLevels;
    const { set: tpcs, held } = smallest(info);
    // The first use of a TPC set, or of a level, may take what it takes.
    for (let level = 0; level < levels; level++) {
      bench.submit(level, bench.rig.launchable(1, 0), { tpcs, priority: level });
    }
    bench.submit(levels, bench.rig.launchable(1, 0), { tpcs });
    await bench.allCompleted();
    const turn = bench.rig.launchable(held, TURN_NS);
    for (let holdNs = HOLD_NS; ; holdNs *= 2) {
      expect(holdNs <= LONGEST_NS, 'no launch was long enough for others to wait for it');
      const hold = bench.submit(levels, bench.rig.launchable(held, holdNs), { tpcs });
      const waiting: Submission[] = [];
      for (let level = 0; level < levels; level++) {
        waiting.push(bench.submit(level, turn, { tpcs, priority: level }));
      }
      const submittedNs = bench.port.now();
      await bench.allCompleted();
      if (hold.endNs < submittedNs + ON_ITS_WAY_NS) continue;
      inOrder(bench, waiting);
      return;
    }
  },
  ({ port }) => port.info.capabilities.priorityLevels > 1,
);

function inOrder({ witness }: Bench, waiting: readonly Submission[]): void {
  const starts = waiting.map(
    ({ id }) => witness.completed.find((c) => c.id === id)?.startNs ?? Number.NaN,
  );
  for (let level = 1; level < starts.length; level++) {
    const [lower = 0, higher = 0] = [starts[level - 1], starts[level]];
    expect(
      higher < lower,
      `level ${level} began at ${higher} ns, and level ${level - 1} at ${lower}`,
    );
  }
}
