import { KernelInterner, type KernelProfile, type Ns } from '@lithos/core';
import { type DeviceFile, findDevice, prepareProfile, type SimKernel } from '@lithos/sim';
import type { Alone } from './micro-alone.ts';
import type { Element, Rates } from './micro-file.ts';

/** What a synthetic kernel is made of; times and work are of the whole kernel. */
export interface Synthetic {
  readonly name: string;
  readonly blocks: number;
  readonly threads: number;
  readonly registersPerThread: number;
  /** Time alone on n TPCs, ns. */
  readonly ns: (tpcs: number) => Ns;
  readonly gapNs: Ns;
  readonly dramBytes?: number;
  readonly dramWriteBytes?: number;
  readonly l2Bytes?: number;
  /** Share of the tensor pipes' time on the whole device. */
  readonly tensorActive?: number;
  readonly warpInstructions?: number;
}

/** A kernel as the simulator takes it, by the way that profiled ones go. */
export function syntheticKernel(device: DeviceFile, of: Synthetic): SimKernel {
  const all = device.geometry.tpcs.value;
  const tpcCounts = Array.from({ length: all }, (_, i) => i + 1);
  const profile: KernelProfile = {
    schema: 'lithos/kernel-profile@1',
    id: of.name,
    kind: 'inference',
    model: of.name,
    batch: 1,
    measured: { device: device.id, smClockMhz: device.clock.maxSmMhz.value, driver: '' },
    iterationNs: of.ns(all) + of.gapNs,
    meanPowerW: 0,
    kernels: [
      {
        name: of.name,
        grid: [of.blocks, 1, 1],
        block: [of.threads, 1, 1],
        registersPerThread: of.registersPerThread,
        sharedMemoryBytes: 0,
      },
    ],
    sequence: [0],
    tpcCounts,
    durationNs: tpcCounts.map((n) => [of.ns(n)]),
    work: {
      dramBytes: [of.dramBytes ?? 0],
      dramWriteBytes: [of.dramWriteBytes ?? 0],
      l2Bytes: [of.l2Bytes ?? 0],
      coldShare: [0],
      tensorActive: [of.tensorActive ?? 0],
      warpInstructions: [of.warpInstructions ?? 0],
      source: 'c',
    },
  };
  const [kernel] = prepareProfile(profile, device, device, 'graph', new KernelInterner());
  if (kernel === undefined) throw new Error('a profile of one launch gave none');
  return kernel;
}

/** Registers per thread, as compiled (README of the measurements). */
const REGISTERS: Readonly<Record<Element, number>> = {
  read: 32,
  copy: 28,
  l2: 32,
  fma: 24,
  mma: 28,
};
const THREADS = 512;
const LANES = 32;
/**
 * Warp instructions per unit of work and lane (bytes or FLOP), counted in the source: a 16-byte load
 * with four additions, the index and its wrap are 8; a copy of 16 bytes is a load, a store and four
 * more for 32 bytes; an FMA is 2 FLOP; a 16x16x16 product, 8,192 FLOP, is two instructions of a warp.
 */
const INSTRUCTIONS: Rates = {
  read: 8 / 16 / LANES,
  copy: 6 / 32 / LANES,
  l2: 8 / 16 / LANES,
  fma: 1 / 2 / LANES,
  mma: 2 / 8192,
};

export interface ElementShape {
  readonly tpcs: number;
  readonly blocksPerSm: number;
  readonly ns: Ns;
}

/** An elementary kernel that fills `blocksPerSm` of the block slots of `tpcs` TPCs and runs `ns` there. */
export function elementKernel(
  device: DeviceFile,
  element: Element,
  { rate, overfetch }: Alone,
  shape: ElementShape,
): SimKernel {
  const { tpcs, blocksPerSm, ns } = shape;
  const all = device.geometry.tpcs.value;
  const work = rate(tpcs) * ns;
  const { smsPerTpc } = device.geometry;
  const tensorPeak =
    (device.throughput.tensorFlopPerSmClock.value *
      smsPerTpc.value *
      all *
      device.clock.maxSmMhz.value) /
    1000;
  const traffic = element === 'read' || element === 'copy' ? work * overfetch : 0;
  return syntheticKernel(device, {
    name: `work_${element}`,
    blocks: tpcs * smsPerTpc.value * blocksPerSm,
    threads: THREADS,
    registersPerThread: REGISTERS[element],
    ns: (n) => work / rate(n),
    gapNs: 0,
    dramBytes: traffic,
    dramWriteBytes: element === 'copy' ? traffic / 2 : 0,
    l2Bytes: element === 'l2' ? work : traffic,
    tensorActive: element === 'mma' ? rate(all) / tensorPeak : 0,
    warpInstructions: work * INSTRUCTIONS[element],
  });
}

/** The device whose measurements these are. */
export const measuredDevice = (): DeviceFile => findDevice('h200');
