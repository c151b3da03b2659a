import { MS, type Ns, US } from '../units.ts';
import { check, expect } from './contract-bench.ts';

/** Times of the launches of a segment, ns. */
const PARTS: readonly Ns[] = [2 * MS, MS, 3 * MS];
/** Clocks of two sides were compared: they may differ by that much. */
const APART_NS = 50 * US;

export const SEGMENTS = check(
  'runs a segment as one submission, its launches one after the other',
  1,
  async (bench) => {
    const sets = [bench.port.info.tpcs, ...bench.halves()];
    const single = bench.rig.launchable(8, MS);
    const segment = bench.rig.segment(PARTS.map((blockNs) => ({ blocks: 8, blockNs })));
    const other = bench.rig.segment([
      { blocks: 8, blockNs: MS },
      ...PARTS.slice(1).map((blockNs) => ({ blocks: 4, blockNs })),
    ]);
    await bench.rig.advance(MS);
    const whole = PARTS.reduce((sum, ns) => sum + ns, 0);
    const least: Ns[] = [];
    for (const tpcs of sets) {
      // The same one twice and more in the same place: each has its own times.
      for (const [work, ns] of [
        [single, MS],
        [segment, whole],
        [segment, whole],
        [other, whole - MS],
        [segment, whole],
        [single, MS],
      ] as const) {
        bench.submit(0, work, { tpcs });
        least.push(ns);
      }
    }
    await bench.allCompleted();
    bench.witness.completed.forEach(({ id, startNs, endNs }, i, all) => {
      expect(id === i, `submission ${id} ended in place ${i}`);
      const before = all[i - 1]?.endNs ?? 0;
      expect(
        startNs >= before - APART_NS,
        `submission ${id} began at ${startNs}, before ${before}`,
      );
      const took = endNs - startNs;
      expect(took >= 0.9 * (least[i] ?? 0), `submission ${id} took ${took} ns, not ${least[i]}`);
    });
  },
);
