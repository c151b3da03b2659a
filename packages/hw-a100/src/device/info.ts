import { type DeviceInfo, TpcSet } from '@lithos/core';
import type { Cuda } from '../driver/cuda.ts';
import { ATTRIBUTE } from '../driver/cuda-prototypes.ts';

/** SMs of a TPC on every device since Pascal. */
export const SMS_PER_TPC = 2;

/** One more launch behind another in a stream, measured on an H200 (data/h200, `launch`), ns. */
const ATOM_LAUNCH_NS = 1460;

/** What the device says about itself, as the scheduler wants it. */
export function readDeviceInfo(
  cuda: Cuda,
  device: number,
  id: string,
  granularity: number | undefined,
  settableSmMhz: readonly number[],
  wholeTpcs?: number,
): DeviceInfo {
  const read = (attribute: keyof typeof ATTRIBUTE): number =>
    cuda.attribute(device, ATTRIBUTE[attribute]);
  const tpcs = wholeTpcs ?? Math.floor(read('smCount') / SMS_PER_TPC);
  const { least, greatest } = cuda.priorityRange();
  return {
    id,
    name: cuda.deviceName(device),
    smsPerTpc: SMS_PER_TPC,
    sm: {
      threads: read('maxThreadsPerSm'),
      blocks: read('blocksPerSm'),
      registers: read('registersPerSm'),
      sharedMemoryBytes: read('sharedMemoryPerSm'),
      reservedSharedMemoryBytes: read('reservedSharedMemoryPerBlock'),
    },
    // Which GPC a TPC is in is not something that a documented call tells.
    tpcsPerGpc: [tpcs],
    tpcs: TpcSet.range(0, tpcs),
    memoryBytes: cuda.totalMemory(device),
    clocks: { maxSmMhz: Math.round(read('clockKhz') / 1000), settableSmMhz },
    capabilities: {
      tpcGranularity: granularity,
      priorityLevels: least - greatest + 1,
      // Rewritten kernels launch the blocks of an atom only.
      atoms: { launchNs: ATOM_LAUNCH_NS, skippedBlockNs: 0 },
      domains: ['shared'],
      instances: [],
    },
  };
}
