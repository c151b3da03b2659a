import { blocksPerSm, footprint, type KernelInterner, type Ns, pow } from '@lithos/core';
import { smLimits } from '../device/info.ts';
import { type DeviceFile, launchGapNs } from './device-model.ts';
import { carveOut, NEIGHBOUR_SHARE, type SimKernel } from './sim-kernel.ts';

/**
 * How sharply bandwidth bends from what the threads ask for to what the DRAM gives. Source: fitted to
 * reads on an H200 at 8,448 to 135,168 threads (1.4 % at most); the same for `scale` on an A100-80GB.
 */
const DRAM_BEND = 2.5;

/** What a launch does, where no measurement says how long it takes. */
export interface RooflineWork {
  readonly name: string;
  readonly blocks: number;
  readonly threadsPerBlock: number;
  readonly registersPerThread?: number;
  readonly sharedMemoryBytes?: number;
  readonly dramBytes?: number;
  readonly l2Bytes?: number;
  /** Part of the bytes that is written. */
  readonly writeShare?: number;
  /** What a thread has under way to DRAM at a time, bytes. */
  readonly bytesInFlight?: number;
  readonly fp32Flop?: number;
  readonly tensorFlop?: number;
}

/** DRAM bandwidth that resident threads draw, bytes/ns: Little's law up to what the DRAM gives. */
export function occupancyBandwidth(
  device: DeviceFile,
  threads: number,
  bytesInFlight = 16,
): number {
  const asked = (threads * bytesInFlight) / device.throughput.latencyNs.value;
  const most = device.memory.dramBytesPerNs.value;
  return asked / pow(1 + pow(asked / most, DRAM_BEND), 1 / DRAM_BEND);
}

/** FLOP/ns of one TPC at the greatest clock. */
const flopRate = (device: DeviceFile, perSmClock: number): number =>
  (perSmClock * device.geometry.smsPerTpc.value * device.clock.maxSmMhz.value) / 1000;

/** Time of the SM's pipes and of L2 on one TPC that has it to itself, ns. */
function oneTpcNs(device: DeviceFile, work: RooflineWork): { sm: Ns; tensor: Ns; l2: Ns } {
  const { fp32FlopPerSmClock, tensorFlopPerSmClock } = device.throughput;
  const { l2BytesPerNs, l2StreamBytesPerNs } = device.memory;
  const writes = work.writeShare ?? 0;
  // A written byte costs what is left of a stream's time when its reads are taken off.
  const nsPerByte =
    (1 - writes) / l2BytesPerNs.value +
    writes * (2 / l2StreamBytesPerNs.value - 1 / l2BytesPerNs.value);
  return {
    sm: (work.fp32Flop ?? 0) / flopRate(device, fp32FlopPerSmClock.value),
    tensor: (work.tensorFlop ?? 0) / flopRate(device, tensorFlopPerSmClock.value),
    l2: (work.l2Bytes ?? 0) * nsPerByte * device.geometry.tpcs.value,
  };
}

/**
 * A launch ready to run whose time comes from its work alone: a floor (launch, first loads, drain)
 * and then whatever takes longest of the FP32 and tensor pipes in whole waves of blocks, L2, DRAM at
 * the bandwidth that its resident threads draw, and the dispatch of its blocks.
 */
export function rooflineKernel(
  device: DeviceFile,
  work: RooflineWork,
  launch: 'graph' | 'stream',
  interner: KernelInterner,
): SimKernel {
  const { blocks, threadsPerBlock, sharedMemoryBytes = 0, registersPerThread = 16 } = work;
  const kernel = interner.intern({
    name: work.name,
    grid: [blocks, 1, 1],
    block: [threadsPerBlock, 1, 1],
    blocks,
    threadsPerBlock,
    registersPerThread,
    sharedMemoryBytes,
    clusterSize: 1,
    splittable: true,
  });
  const sm = smLimits(device);
  const block = footprint(kernel, sm);
  const perSm = blocksPerSm(kernel, sm);
  const tpcs = device.geometry.tpcs.value;
  const smsPerTpc = device.geometry.smsPerTpc.value;
  const one = oneTpcNs(device, work);
  const pipes = Math.max(one.sm, one.tensor);
  const dramBytes = work.dramBytes ?? 0;
  const durationNs = new Float64Array(tpcs + 1);
  for (let n = 1; n <= tpcs; n++) {
    const capacity = perSm * smsPerTpc * n;
    const waves = blocks > capacity ? Math.ceil(blocks / capacity) * (capacity / blocks) : 1;
    const usable = Math.min(n, blocks / smsPerTpc);
    const threads = Math.min(blocks, capacity) * threadsPerBlock;
    durationNs[n] =
      device.launch.kernelFloorNs.value +
      Math.max(
        (pipes * waves) / usable,
        one.l2 / usable,
        dramBytes / occupancyBandwidth(device, threads, work.bytesInFlight),
        blocks / device.launch.dispatchBlocksPerNs.value,
      );
  }
  const gapNs = launchGapNs(device, launch);
  return {
    kernel,
    ordinal: 0,
    durationNs,
    blocksPerTpc: perSm * smsPerTpc,
    blocksPerSm: perSm,
    threads: block.threads,
    registers: block.registers,
    sharedMemoryBytes: block.sharedMemoryBytes,
    carveOutBytes: carveOut(perSm * block.sharedMemoryBytes, device),
    dramBytes,
    writeShare: work.writeShare ?? 0,
    l2Bytes: work.l2Bytes ?? 0,
    besideShare: NEIGHBOUR_SHARE,
    smWork: pipes,
    tensorShare: pipes > 0 ? one.tensor / pipes : 0,
    gapNs,
    sharedGapNs: launchGapNs(device, 'stream'),
  };
}
