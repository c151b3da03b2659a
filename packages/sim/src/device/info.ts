import { type DeviceInfo, type SmLimits, TpcSet } from '@lithos/core';
import { atomCost, type DeviceFile } from '../model/device-model.ts';

/** What a simulated device tells the scheduler about itself. */
export function deviceInfo(file: DeviceFile): DeviceInfo {
  const { minSmMhz, maxSmMhz, stepMhz } = file.clock;
  const settable: number[] = [];
  for (let mhz = minSmMhz.value; mhz <= maxSmMhz.value; mhz += stepMhz.value) settable.push(mhz);
  return {
    id: file.id,
    name: file.name,
    smsPerTpc: file.geometry.smsPerTpc.value,
    sm: smLimits(file),
    tpcsPerGpc: file.geometry.tpcsPerGpc.value,
    tpcs: TpcSet.range(0, file.geometry.tpcs.value),
    memoryBytes: file.memory.bytes.value,
    clocks: { maxSmMhz: maxSmMhz.value, settableSmMhz: settable },
    capabilities: {
      tpcGranularity: 1,
      priorityLevels: file.priorityLevels.value,
      atoms: atomCost(file),
      domains: ['shared', 'context', 'instance'],
      instances: file.mig.instances.map((instance) => ({
        name: instance.name,
        computeSlices: instance.computeSlices,
        tpcs: instance.computeSlices * file.mig.tpcsPerSlice,
        memoryShare: instance.memorySlices / 8,
        memoryBytes: instance.memoryBytes,
      })),
    },
  };
}

/** An SM's limits as plain numbers. */
export function smLimits(file: DeviceFile): SmLimits {
  const { threads, blocks, registers, sharedMemoryBytes, reservedSharedMemoryBytes } = file.sm;
  return {
    threads: threads.value,
    blocks: blocks.value,
    registers: registers.value,
    sharedMemoryBytes: sharedMemoryBytes.value,
    reservedSharedMemoryBytes: reservedSharedMemoryBytes.value,
  };
}

/**
 * TPCs of a MIG instance that starts at compute slice `firstSlice`: a slice is one GPC, of which MIG
 * uses `tpcsPerSlice` TPCs.
 */
export function instanceTpcs(file: DeviceFile, firstSlice: number, slices: number): TpcSet {
  const tpcs: number[] = [];
  let base = 0;
  file.geometry.tpcsPerGpc.value.forEach((count, gpc) => {
    if (gpc >= firstSlice && gpc < firstSlice + slices) {
      for (let i = 0; i < file.mig.tpcsPerSlice; i++) tpcs.push(base + i);
    }
    base += count;
  });
  return TpcSet.of(tpcs);
}
