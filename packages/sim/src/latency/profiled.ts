import { blocksPerSm, type ProfiledKernel } from '@lithos/core';
import { smLimits } from '../device/info.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { type LatencyKernel, latencyKernel } from './waves.ts';

const product = (dim: readonly [number, number, number]): number => dim[0] * dim[1] * dim[2];

/** A profiled launch as the latency model sees it; `device` is the one it was measured on. */
export function profiledLatencyKernel(kernel: ProfiledKernel, device: DeviceFile): LatencyKernel {
  const threadsPerBlock = product(kernel.block);
  if (threadsPerBlock === 0) return latencyKernel(kernel.name, 0, 1);
  const blocks = Math.max(1, product(kernel.grid));
  const occupancy = blocksPerSm(
    { ...kernel, id: 0, blocks, threadsPerBlock, clusterSize: 1, splittable: true },
    smLimits(device),
  );
  return latencyKernel(kernel.name, blocks, occupancy);
}
