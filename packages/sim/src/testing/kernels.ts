import { KernelInterner, type KernelProfile, type Ns } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { prepareProfile, type SimKernel } from '../model/sim-kernel.ts';

/** A kernel as a test states it; what is left out needs no memory and disturbs nobody. */
export interface KernelSpec {
  readonly name?: string;
  readonly blocks: number;
  /** Threads of a block; 1024 makes two blocks fit an SM. 0 is a copy. */
  readonly threads?: number;
  readonly registersPerThread?: number;
  readonly sharedMemoryBytes?: number;
  /** Time alone on `tpcs` TPCs. */
  readonly ns: (tpcs: number) => Ns;
  readonly dramBytes?: number;
  readonly dramWriteBytes?: number;
  readonly l2Bytes?: number;
  readonly tensorActive?: number;
  readonly warpInstructions?: number;
}

/** A profile of these kernels, measured on every TPC count of a device, `gapNs` between them. */
export function profileOf(
  device: DeviceFile,
  specs: readonly KernelSpec[],
  gapNs: Ns,
): KernelProfile {
  const all = device.geometry.tpcs.value;
  const tpcCounts = Array.from({ length: all }, (_, i) => i + 1);
  const column = (pick: (k: KernelSpec) => number | undefined): number[] =>
    specs.map((k) => pick(k) ?? 0);
  return {
    schema: 'lithos/kernel-profile@1',
    id: 'made-up',
    kind: 'inference',
    model: 'made-up',
    batch: 1,
    measured: { device: device.id, smClockMhz: device.clock.maxSmMhz.value, driver: '0' },
    iterationNs: specs.reduce((sum, k) => sum + k.ns(all) + gapNs, 0),
    meanPowerW: 0,
    kernels: specs.map((k, i) => {
      const copy = k.threads === 0;
      return {
        name: k.name ?? `kernel-${i}`,
        grid: copy ? [0, 0, 0] : [k.blocks, 1, 1],
        block: copy ? [0, 0, 0] : [k.threads ?? 1024, 1, 1],
        registersPerThread: k.registersPerThread ?? 16,
        sharedMemoryBytes: k.sharedMemoryBytes ?? 0,
      };
    }),
    sequence: specs.map((_, i) => i),
    tpcCounts,
    durationNs: tpcCounts.map((n) => specs.map((k) => k.ns(n))),
    work: {
      dramBytes: column((k) => k.dramBytes),
      dramWriteBytes: column((k) => k.dramWriteBytes),
      l2Bytes: column((k) => k.l2Bytes),
      coldShare: column(() => 0),
      tensorActive: column((k) => k.tensorActive),
      warpInstructions: column((k) => k.warpInstructions),
      source: 'c'.repeat(specs.length),
    },
  };
}

/** Kernels ready to run on the device that they are stated for, `gapNs` before each. */
export function kernelsOf(
  device: DeviceFile,
  specs: readonly KernelSpec[],
  gapNs: Ns = 0,
): readonly SimKernel[] {
  const profile = profileOf(device, specs, gapNs);
  return prepareProfile(profile, device, device, 'graph', new KernelInterner());
}

export function kernelOf(device: DeviceFile, spec: KernelSpec, gapNs: Ns = 0): SimKernel {
  return kernelsOf(device, [spec], gapNs)[0] as SimKernel;
}

/** The same time on any number of TPCs. */
export const always =
  (ns: Ns): ((tpcs: number) => Ns) =>
  () =>
    ns;

/** Perfect scaling. */
export const scaling =
  (tpcNs: Ns): ((tpcs: number) => Ns) =>
  (tpcs) =>
    tpcNs / tpcs;
