import type { KernelProfile, ProfiledKernel } from '@lithos/core';

/** A kernel of 14 blocks. */
export const profiledKernel = (
  threads: number,
  registers: number,
  shared: number,
): ProfiledKernel => ({
  name: 'k',
  grid: [7, 2, 1],
  block: [threads, 1, 1],
  registersPerThread: registers,
  sharedMemoryBytes: shared,
});

/** A profile with these times on 8 and 66 TPCs of one kernel. */
export function profileOf(few: readonly number[], whole: readonly number[]): KernelProfile {
  const zeros = whole.map(() => 0);
  return {
    schema: 'lithos/kernel-profile@1',
    id: 'p',
    kind: 'inference',
    model: 'm',
    batch: 1,
    measured: { device: 'h200', smClockMhz: 1980, driver: '' },
    iterationNs: 1,
    meanPowerW: 1,
    kernels: [profiledKernel(128, 32, 0)],
    sequence: zeros,
    tpcCounts: [8, 66],
    durationNs: [few, whole],
    work: {
      dramBytes: zeros,
      dramWriteBytes: zeros,
      l2Bytes: zeros,
      coldShare: zeros,
      tensorActive: zeros,
      warpInstructions: zeros,
      source: 'e'.repeat(zeros.length),
    },
  };
}
