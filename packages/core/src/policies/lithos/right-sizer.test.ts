import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchable } from '../../testing/fixtures.ts';
import { RightSizer } from './right-sizer.ts';

const ALL = 54;
const work = launchable(1000);

/** Runs a kernel with these times per TPC count until its size has settled. */
function settle(duration: (tpcs: number) => number, slip = 1.1, bound = ALL): number {
  const sizer = new RightSizer(ALL, slip);
  let size = ALL;
  // 60 launches: more than all trials, and before the first refresh.
  for (let i = 0; i < 60; i++) {
    size = sizer.size(work, bound);
    sizer.observe(work, size, duration(size));
  }
  return size;
}

describe('RightSizer', () => {
  it('leaves a kernel alone that scales to the last TPC', () => {
    expect(settle((n) => 54_000 / n)).toBe(ALL);
  });

  it('finds how few TPCs a memory-bound kernel needs', () => {
    // Bound by DRAM from 20 TPCs on: 10 % longer at 18.2 of them.
    const size = settle((n) => Math.max(1000, 20_000 / n));
    expect(size).toBeGreaterThanOrEqual(19);
    expect(size).toBeLessThanOrEqual(21);
  });

  it('sees waves that a fit in 1/TPCs would not', () => {
    // 27 blocks per wave: one wave from 27 TPCs on, two below.
    expect(settle((n) => 1000 * Math.ceil(27 / n))).toBeGreaterThanOrEqual(27);
    expect(settle((n) => 1000 * Math.ceil(27 / n))).toBeLessThanOrEqual(29);
  });

  it('does not try more TPCs than the blocks can use', () => {
    expect(settle(() => 1000, 1.1, 3)).toBeLessThanOrEqual(3);
  });

  it('never settles beyond the slip', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1.02, max: 2, noNaN: true }),
        (serial, slip) => {
          const l = (n: number): number => 1e5 * (serial + (1 - serial) / n);
          expect(l(settle(l, slip)) / l(ALL)).toBeLessThanOrEqual(slip + 1e-9);
        },
      ),
    );
  });

  it('searches again when a settled size has become too small', () => {
    const sizer = new RightSizer(ALL, 1.1);
    const run = (launches: number, duration: (n: number) => number): number => {
      let size = ALL;
      for (let i = 0; i < launches; i++) {
        size = sizer.size(work, ALL);
        sizer.observe(work, size, duration(size));
      }
      return size;
    };
    expect(run(60, (n) => Math.max(1000, 10_000 / n))).toBeLessThan(15);
    expect(run(900, (n) => Math.max(1000, 30_000 / n))).toBeGreaterThan(25);
  });
});
