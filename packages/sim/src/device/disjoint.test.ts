import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, type KernelSpec, kernelOf, scaling } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

const GAP = 1000;
const MS = 1_000_000;
const HALVES = [TpcSet.range(0, 27), TpcSet.range(27, 54)] as const;

/** Runs two kernels at once on 27 TPCs each. */
function sideBySide(a: KernelSpec, b: KernelSpec): [[number, number], [number, number]] {
  const rig = new Rig(a100_40gb);
  rig.submit(rig.stream(), kernelOf(a100_40gb, a, GAP), { tpcs: HALVES[0] });
  rig.submit(rig.stream(), kernelOf(a100_40gb, b, GAP), { tpcs: HALVES[1] });
  return spans(rig.run(100 * MS)) as [[number, number], [number, number]];
}

/** 1 ms of which DRAM at its full rate, 1,400 bytes/ns, would account for a share. */
const memoryBound = (share: number): KernelSpec => ({
  blocks: 10_000,
  ns: always(MS),
  dramBytes: share * 1400 * MS,
});

describe('grids on disjoint TPC sets', () => {
  it('do not compete for slots, however many blocks they have', () => {
    expect(
      sideBySide(
        { blocks: 1_000_000, ns: scaling(270 * MS) },
        { blocks: 20_000, ns: scaling(27 * MS) },
      ),
    ).toEqual([
      [GAP, GAP + 10 * MS],
      [GAP, GAP + MS],
    ]);
  });

  it('do not compete for SM throughput', () => {
    const busy = { blocks: 1000, ns: always(MS), tensorActive: 1, warpInstructions: 1e9 };
    expect(sideBySide(busy, busy)).toEqual([
      [GAP, GAP + MS],
      [GAP, GAP + MS],
    ]);
  });

  it('share DRAM: two that are bound by it take at least twice as long, and the same', () => {
    const [[, first], [, second]] = sideBySide(memoryBound(1), memoryBound(1));
    expect(first).toBeGreaterThanOrEqual(GAP + 2 * MS);
    expect(first).toBeLessThan(GAP + 2.5 * MS);
    expect(second).toBe(first);
  });

  it('hardly feel each other’s traffic while there is enough for both', () => {
    for (const [, end] of sideBySide(memoryBound(0.2), memoryBound(0.2))) {
      expect(end).toBeGreaterThanOrEqual(GAP + MS);
      expect(end).toBeLessThan(GAP + 1.1 * MS);
    }
  });

  it('share only while both are there', () => {
    const twice = { ...memoryBound(1), ns: always(2 * MS), dramBytes: 2 * 1400 * MS };
    const [[, first], [, second]] = sideBySide(memoryBound(1), twice);
    expect(first).toBeGreaterThanOrEqual(GAP + 2 * MS);
    // The second has half its work left then, 1 ms, and the DRAM to itself.
    expect(second - first).toBe(MS);
  });

  it('spare a kernel that needs no memory', () => {
    const compute = { blocks: 10_000, ns: always(MS) };
    expect(sideBySide(memoryBound(1), compute)).toEqual([
      [GAP, GAP + MS],
      [GAP, GAP + MS],
    ]);
  });
});
