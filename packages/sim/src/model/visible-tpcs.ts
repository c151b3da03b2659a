import type { KernelInterner } from '@lithos/core';
import type { SimKernel } from './sim-kernel.ts';

/**
 * Launches as an application makes them that was told of `visible` TPCs and no more: its persistent
 * kernels have a block for every slot on those, so that all blocks run at once and none waits for a
 * second wave; the work is the same. Ordinary launches do not ask how many SMs there are.
 */
export function withVisibleTpcs(
  launches: readonly SimKernel[],
  visible: number,
  interner: KernelInterner,
): readonly SimKernel[] {
  return launches.map((launch) => {
    const { kernel, blocksPerTpc, durationNs } = launch;
    const tpcs = durationNs.length - 1;
    if (kernel.persistent !== true || visible >= tpcs || blocksPerTpc === 0) return launch;
    // As measured, the grid of the whole device goes in `waves` on the visible TPCs, the last one
    // partly filled.
    const waves = kernel.blocks / (visible * blocksPerTpc);
    const evenNs = ((durationNs[visible] as number) * waves) / Math.ceil(waves);
    const blocks = visible * blocksPerTpc;
    const { id: _, ...shape } = kernel;
    return {
      ...launch,
      kernel: interner.intern({ ...shape, grid: [blocks, 1, 1], blocks }),
      durationNs: durationNs.map((_, n) => (n === 0 ? 0 : evenNs * Math.ceil(visible / n))),
    };
  });
}
