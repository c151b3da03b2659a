import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, type KernelSpec, kernelOf } from '../testing/kernels.ts';
import { Rig } from '../testing/rig.ts';

const US = 1000;
const SMS = 108;

/** A block's shape, and how many of its blocks the test puts on each SM. */
type Shape = Omit<KernelSpec, 'ns' | 'blocks'> & { readonly perSm: number };

const kernel = ({ perSm, ...shape }: Shape, ns: number) =>
  kernelOf(a100_40gb, { ...shape, blocks: perSm * SMS, ns: always(ns) });

/** Runs `second` for 100 us beside `first`, which has been there for a while and stays for 1 ms. */
function beside(first: Shape, second: Shape): { startNs: number; ns: number } {
  const rig = new Rig(a100_40gb);
  const [a, b] = [rig.stream(), rig.stream()];
  rig.submit(a, kernel(first, 1000 * US));
  rig.at(200 * US, () => rig.submit(b, kernel(second, 100 * US)));
  const [, done] = rig.run(100_000 * US);
  const startNs = done?.startNs ?? Number.NaN;
  return { startNs, ns: (done?.endNs ?? Number.NaN) - startNs };
}

/** When whoever waits for the first kernel's blocks to end can begin at the earliest. */
const FREED = 250 * US;

describe('beside a kernel that leaves room on every SM', () => {
  // An SM has 2,048 threads, 65,536 registers, 32 block slots and 164 KiB of shared memory.
  const cases: readonly [string, Shape, Shape, number][] = [
    ['threads', { threads: 1024, perSm: 1 }, { threads: 512, perSm: 2 }, 3],
    [
      'registers',
      { threads: 256, registersPerThread: 64, perSm: 3 },
      { threads: 256, registersPerThread: 64, perSm: 1 },
      2,
    ],
    ['block slots', { threads: 32, perSm: 30 }, { threads: 32, perSm: 2 }, 3],
  ];

  it.each(cases)('as many blocks run at full speed as its %s allow', (_, first, second) => {
    const { startNs, ns } = beside(first, second);
    expect(startNs).toBeLessThan(FREED);
    expect(ns).toBe(100 * US);
  });

  it.each(cases)(
    'one block more per SM finds no %s, and it takes longer',
    (_, first, second, more) => {
      const { startNs, ns } = beside(first, { ...second, perSm: more });
      expect(startNs).toBeLessThan(FREED);
      expect(ns).toBeGreaterThan(120 * US);
    },
  );
});

describe('beside a kernel that leaves no room', () => {
  it.each([
    ['threads', { threads: 1024, perSm: 2 }, { threads: 32, perSm: 1 }],
    [
      'registers',
      { threads: 512, registersPerThread: 128, perSm: 1 },
      { threads: 32, registersPerThread: 32, perSm: 1 },
    ],
    ['block slots', { threads: 32, perSm: 32 }, { threads: 32, perSm: 1 }],
    [
      'shared memory',
      { threads: 128, sharedMemoryBytes: 100 * 1024, perSm: 1 },
      { threads: 128, sharedMemoryBytes: 64 * 1024, perSm: 1 },
    ],
  ] as const)('for want of %s nothing starts before blocks of it end', (_, first, second) => {
    expect(beside(first, second).startNs).toBeGreaterThanOrEqual(FREED);
  });
});
