import type { ContractRig, KernelShape } from '@lithos/core';
import { spinShape } from '../bench/shapes.ts';
import { spinPlan } from '../kernels/spin.ts';
import type { HardwareDevice } from './hardware-device.ts';

/** Threads of a block: with so few, an SM holds as many blocks as it can of any. */
const THREADS = 32;

/**
 * A device as the contract of the port drives it; kernels wait, and do nothing else.
 * @param breakDown makes the device fail: none on a real GPU, as the process loses its context with it
 */
export function contractRig(device: HardwareDevice, breakDown?: () => void): ContractRig {
  let kernels = 0;
  const shape = (blocks: number): KernelShape => spinShape(kernels++, blocks, THREADS);
  return {
    port: device,
    launchable: (blocks, blockNs) => {
      const kernel = shape(blocks);
      return device.prepareKernel(spinPlan(blocks, THREADS, blockNs), kernel, kernel.id);
    },
    segment: (launches) => {
      const plans = launches.map(({ blocks, blockNs }) => spinPlan(blocks, THREADS, blockNs));
      const kernel = { ...shape(1), splittable: false };
      return device.prepareSegment(plans, kernel, kernel.id);
    },
    ...(breakDown && { breakDown }),
    advance: async (untilNs) => {
      while (!(await device.advance(untilNs)));
    },
  };
}
