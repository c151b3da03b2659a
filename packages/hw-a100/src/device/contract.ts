import type { ContractRig } from '@lithos/core';
import { spinPlan } from '../kernels/spin.ts';
import type { HardwareDevice } from './hardware-device.ts';

/** A device as the contract of the port drives it; kernels wait, and do nothing else. */
export function contractRig(device: HardwareDevice): ContractRig {
  let kernels = 0;
  return {
    port: device,
    launchable: (blocks, blockNs) => {
      const id = kernels++;
      const shape = {
        id,
        name: 'lithos_spin',
        grid: [blocks, 1, 1],
        block: [32, 1, 1],
        blocks,
        threadsPerBlock: 32,
        registersPerThread: 16,
        sharedMemoryBytes: 0,
        clusterSize: 1,
        splittable: true,
      } as const;
      return device.prepareKernel(spinPlan(blocks, 32, blockNs), shape, id);
    },
    advance: async (untilNs) => {
      while (!(await device.advance(untilNs)));
    },
  };
}
