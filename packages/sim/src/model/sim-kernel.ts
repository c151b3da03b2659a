import {
  blocksPerSm,
  footprint,
  type KernelInterner,
  type KernelProfile,
  type KernelShape,
  type Launchable,
} from '@lithos/core';
import { smLimits } from '../device/info.ts';
import { DurationCurve } from '../latency/duration-curve.ts';
import { profiledLatencyKernel } from '../latency/profiled.ts';
import type { LatencyKernel } from '../latency/waves.ts';
import { positionEnergy } from '../power/board-power.ts';
import type { DeviceFile } from './device-model.ts';
import { launchGapNs } from './device-model.ts';
import { shapesOf } from './kernel-shape.ts';
import { activityEnergy } from './power.ts';
import { reachableBandwidth, transferDuration } from './transfer.ts';

/**
 * What a launch loses beside the traffic of others even where nothing is short: L2 readers beside tensor
 * work lose 6 to 8 %, FP32 work beside tensor work 8.5 %. Synthetic launches lose nothing: FP32 work beside
 * FP32 work, reads and L2 reads keeps its rate within 1 % (micro-benchmarks, disjoint TPCs).
 */
export const NEIGHBOUR_SHARE = 0.08;

/**
 * One position of a profile, ready to run on a simulated device: what the device model needs to know
 * of it, worked out once.
 */
export interface SimKernel extends Launchable {
  /** `durationNs[n]`: alone on n TPCs at the greatest clock; index 0 unused. */
  readonly durationNs: Float64Array;
  /** Blocks that fit one TPC; 0 for copies, which take no SM. */
  readonly blocksPerTpc: number;
  readonly blocksPerSm: number;
  readonly threads: number;
  readonly registers: number;
  readonly sharedMemoryBytes: number;
  /** What the driver sets an SM's shared memory to for it, so that as many blocks fit as can. */
  readonly carveOutBytes: number;
  readonly dramBytes: number;
  /** Part of the DRAM bytes that is written. */
  readonly writeShare: number;
  readonly l2Bytes: number;
  /** Extra time beside others whose traffic leaves nothing of its own in L2, as a share of its time. */
  readonly besideShare: number;
  /** TPC-nanoseconds of SM throughput (issue or tensor pipe, whichever is busier) that it needs. */
  readonly smWork: number;
  /** Share of its SM work that is done by the tensor pipes, 0..1: decides its power. */
  readonly tensorShare: number;
  /**
   * Energy that a launch adds to the board's at the greatest clock, nJ (W·ns): of the fitted power
   * model where the profile was measured on the device and it has one, else of its activity.
   */
  readonly dynamicNj?: number;
  /** From the end of the launch before it to its own start. */
  readonly gapNs: number;
  /** The same while another tenant has work on the device. */
  readonly sharedGapNs: number;
}

/**
 * Prepares a profile's launches for a device. Durations at unmeasured TPC counts are interpolated;
 * on a device other than the measured one they are moved by `transferDuration`.
 */
export function prepareProfile(
  profile: KernelProfile,
  measuredOn: DeviceFile,
  device: DeviceFile,
  launch: 'graph' | 'stream',
  interner: KernelInterner,
): readonly SimKernel[] {
  const tpcs = device.geometry.tpcs.value;
  const sm = smLimits(device);
  const gapNs = gapOf(profile, measuredOn, device, launch);
  const synthetic = profile.synthetic === true;
  const sharedExtraNs = synthetic ? 0 : launchGapNs(device, 'stream') - launchGapNs(device, launch);
  const traits = profile.kernels.map((kernel) => profiledLatencyKernel(kernel, measuredOn));
  const fitted =
    measuredOn.id === device.id && device.power.ceilingW !== undefined
      ? positionEnergy(profile)
      : undefined;
  const shapes = shapesOf(profile, measuredOn, device).map((shape) => interner.intern(shape));
  return profile.sequence.map((k, position) => {
    const kernel = shapes[k] as KernelShape;
    const block = footprint(kernel, sm);
    const dramBytes = profile.work.dramBytes[position] ?? 0;
    const tensorActive = profile.work.tensorActive[position] ?? 0;
    const durations = profile.durationNs.map((row) => row[position] ?? 0);
    const curve = new DurationCurve(traits[k] as LatencyKernel, profile.tpcCounts, durations);
    const durationNs = new Float64Array(tpcs + 1);
    for (let n = 1; n <= tpcs; n++) {
      durationNs[n] = Math.max(
        1,
        transferDuration(measuredOn, device, n, curve.at(n), dramBytes, tensorActive),
      );
    }
    const perSm = block.threads === 0 ? 0 : blocksPerSm(kernel, sm);
    const full = durationNs[tpcs] as number;
    const issue = issueShare(
      profile,
      position,
      measuredOn,
      curve.at(measuredOn.geometry.tpcs.value),
    );
    const dram = Math.min(dramBytes, full * reachableBandwidth(device, tpcs));
    const smWork = Math.min(1, Math.max(issue, tensorActive)) * tpcs * full;
    const tensorShare = tensorActive > issue ? 1 : tensorActive / Math.max(issue, 1e-9);
    return {
      kernel,
      ordinal: position,
      durationNs,
      blocksPerTpc: perSm * device.geometry.smsPerTpc.value,
      blocksPerSm: perSm,
      threads: block.threads,
      registers: block.registers,
      sharedMemoryBytes: block.sharedMemoryBytes,
      carveOutBytes: carveOut(perSm * block.sharedMemoryBytes, device),
      dramBytes: dram,
      writeShare: (profile.work.dramWriteBytes[position] ?? 0) / Math.max(1, dramBytes),
      l2Bytes: profile.work.l2Bytes[position] ?? 0,
      besideShare: synthetic ? 0 : NEIGHBOUR_SHARE + (profile.work.coldShare[position] ?? 0),
      smWork,
      tensorShare,
      dynamicNj: fitted?.[position] ?? activityEnergy(device, dram, smWork, tensorShare),
      gapNs,
      sharedGapNs: gapNs + sharedExtraNs,
    };
  });
}

/** The least setting of an SM's shared memory that holds `bytes`. */
export function carveOut(bytes: number, device: DeviceFile): number {
  const kib = device.sm.carveOutsKib.value.find((setting) => setting * 1024 >= bytes);
  return kib === undefined ? device.sm.sharedMemoryBytes.value : kib * 1024;
}

/** Share of issue slots a position used when it was measured on the whole device, 0..1. */
function issueShare(
  profile: KernelProfile,
  position: number,
  device: DeviceFile,
  ns: number,
): number {
  const instructions = profile.work.warpInstructions[position] ?? 0;
  const sms = device.geometry.tpcs.value * device.geometry.smsPerTpc.value;
  const slots =
    ((ns * device.clock.maxSmMhz.value) / 1000) * sms * device.throughput.issuePerSmClock.value;
  return slots <= 0 ? 0 : Math.min(1, instructions / slots);
}

/**
 * Gap between dependent launches. In a graph it is the profile's own: what the measured iteration
 * took beyond the sum of its launches, spread evenly; moved by the ratio of the devices' graph gaps.
 */
function gapOf(
  profile: KernelProfile,
  measuredOn: DeviceFile,
  device: DeviceFile,
  launch: 'graph' | 'stream',
): number {
  if (launch === 'stream') return launchGapNs(device, 'stream');
  const whole = profile.durationNs[profile.tpcCounts.length - 1] ?? [];
  const sum = whole.reduce((total, ns) => total + ns, 0);
  const own = Math.max(0, profile.iterationNs - sum) / Math.max(1, profile.sequence.length);
  return Math.round((own * launchGapNs(device, 'graph')) / launchGapNs(measuredOn, 'graph'));
}
