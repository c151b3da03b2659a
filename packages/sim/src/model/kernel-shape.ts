import type { KernelProfile, KernelShape, ProfiledKernel } from '@lithos/core';
import type { DeviceFile } from './device-model.ts';

/** cuBLAS's matrix kernels on Hopper; the numbers are its thread-block clusters: `…_2x1_v_bz_…`. */
const NVJET = /^nvjet_.*_(\d)x(\d)_[hv]_/;
/** First compute capability with thread-block clusters, and with cuBLAS's persistent kernels. */
const HOPPER = 9;
/**
 * Work of a block of an Ampere matrix kernel: 128 x 128 outputs, 4,096 deep (the width of the models of
 * 7 and 8 billion parameters). An assumption; on an A100 such a block takes some 50 us.
 */
const TILE_FLOP = 2 * 128 * 128 * 4096;

/**
 * The launch shapes of a profile's kernels on a device, in the profile's order. cuBLAS on Hopper sizes
 * the grid of large matrix products to the SMs, each block doing one tile after the other: such a
 * kernel is persistent. Devices before Hopper have no such kernels and no clusters; there the same
 * product is an ordinary grid, one block a tile.
 */
export function shapesOf(
  profile: KernelProfile,
  measuredOn: DeviceFile,
  device: DeviceFile,
): readonly Omit<KernelShape, 'id'>[] {
  const sms = measuredOn.geometry.tpcs.value * measuredOn.geometry.smsPerTpc.value;
  const hopper = device.computeCapability.value >= HOPPER;
  return profile.kernels.map((kernel, k) => {
    const shape = plainShape(kernel);
    const cluster = NVJET.exec(kernel.name);
    if (cluster === null) return shape;
    const persistent = shape.blocks === sms;
    if (hopper) {
      const clusterSize = Number(cluster[1]) * Number(cluster[2]);
      return persistent
        ? { ...shape, clusterSize, splittable: false, persistent }
        : { ...shape, clusterSize };
    }
    if (!persistent) return shape;
    const tiles = Math.round(flopOf(profile, k, measuredOn, sms) / TILE_FLOP);
    const blocks = Math.max(shape.blocks, tiles);
    return { ...shape, grid: [blocks, 1, 1], blocks };
  });
}

function plainShape(kernel: ProfiledKernel): Omit<KernelShape, 'id'> {
  const [gx, gy, gz] = kernel.grid;
  const [bx, by, bz] = kernel.block;
  const threads = bx * by * bz;
  const { cutMultiple = 1, persistent } = kernel;
  return {
    name: kernel.name,
    grid: kernel.grid,
    block: kernel.block,
    blocks: Math.max(1, gx * gy * gz),
    threadsPerBlock: threads,
    registersPerThread: kernel.registersPerThread,
    sharedMemoryBytes: kernel.sharedMemoryBytes,
    clusterSize: Math.max(1, cutMultiple),
    splittable: threads > 0 && cutMultiple > 0,
    ...(persistent && { persistent }),
  };
}

/** Tensor work of a launch of kernel `k`, the mean over its places in the iteration. */
function flopOf(profile: KernelProfile, k: number, device: DeviceFile, sms: number): number {
  const whole = profile.durationNs[profile.durationNs.length - 1] ?? [];
  const flopPerNs =
    (device.throughput.tensorFlopPerSmClock.value * sms * device.clock.maxSmMhz.value) / 1000;
  let flop = 0;
  let places = 0;
  profile.sequence.forEach((kernel, position) => {
    if (kernel !== k) return;
    flop += (profile.work.tensorActive[position] ?? 0) * (whole[position] ?? 0) * flopPerNs;
    places += 1;
  });
  return places === 0 ? 0 : flop / places;
}
