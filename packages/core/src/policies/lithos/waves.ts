import type { DeviceInfo } from '../../device.ts';
import type { KernelShape } from '../../kernel.ts';
import { blocksPerSm } from '../../occupancy.ts';

/** How many blocks of each kernel run at once, remembered by kernel. */
export class Waves {
  private readonly device: DeviceInfo;
  private readonly blocksPerTpc: (number | undefined)[] = [];

  constructor(device: DeviceInfo) {
    this.device = device;
  }

  /** Blocks of a kernel that run at once on `tpcs` TPCs, by its occupancy. */
  blocks(kernel: KernelShape, tpcs: number): number {
    let perTpc = this.blocksPerTpc[kernel.id];
    if (perTpc === undefined) {
      const { sm, smsPerTpc } = this.device;
      perTpc = blocksPerSm(kernel, sm) * smsPerTpc;
      this.blocksPerTpc[kernel.id] = perTpc;
    }
    return perTpc * tpcs;
  }
}

/** How many waves blocks take: at least one, and fractions beyond, as freed slots are refilled. */
export const waveCount = (blocks: number, wave: number): number => Math.max(1, blocks / wave);

/** The least whole number of clusters that has these blocks, in blocks. */
export const wholeClusters = (blocks: number, cluster: number): number =>
  Math.ceil(blocks / cluster) * cluster;
