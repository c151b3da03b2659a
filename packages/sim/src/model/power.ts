import type { Mhz } from '@lithos/core';
import type { DeviceFile } from './device-model.ts';
import type { SimKernel } from './sim-kernel.ts';

/** Core voltage at a clock, relative to the voltage below the knee. */
export function relativeVoltage(device: DeviceFile, mhz: Mhz): number {
  const { voltageKneeGhz, voltageSlopePerGhz } = device.power;
  return 1 + voltageSlopePerGhz.value * Math.max(0, mhz / 1000 - voltageKneeGhz.value);
}

/** Board power with a context and no work, W: the board and the clock tree, P = P0 + c·f·v². */
export function idlePower(device: DeviceFile, mhz: Mhz): number {
  const v = relativeVoltage(device, mhz);
  return device.power.boardW.value + device.power.clockWPerGhz.value * (mhz / 1000) * v * v;
}

/** v² at a clock over v² at the greatest clock: scales energy per operation. */
export function energyScale(device: DeviceFile, mhz: Mhz): number {
  const v = relativeVoltage(device, mhz) / relativeVoltage(device, device.clock.maxSmMhz.value);
  return v * v;
}

/** Energy of DRAM traffic, nJ (W·ns): in the DRAM, and on the way to it. */
export function dramEnergy(device: DeviceFile, dramBytes: number): number {
  return (device.power.dramWPerTBps.value * dramBytes) / 1000;
}

/** The part of it that is spent in the DRAM itself, nJ (W·ns), which the core voltage does not touch. */
export function hbmEnergy(device: DeviceFile, dramBytes: number): number {
  return (device.power.hbmWPerTBps.value * dramBytes) / 1000;
}

/**
 * Energy that a launch adds to the board's at the greatest clock, nJ (W·ns), where no fitted model
 * knows it: DRAM traffic, and SM activity, the tensor pipes dearer than the others.
 * @param smWork as in `SimKernel`
 */
export function activityEnergy(
  device: DeviceFile,
  dramBytes: number,
  smWork: number,
  tensorShare: number,
): number {
  const { smW, tensorW } = device.power;
  const perSm = smW.value + (tensorW.value - smW.value) * tensorShare;
  return dramEnergy(device, dramBytes) + (perSm * smWork) / device.geometry.tpcs.value;
}

/** Power that a kernel adds while it runs alone on `tpcs` TPCs at the greatest clock, W. */
export function kernelPower(device: DeviceFile, work: SimKernel, tpcs: number): number {
  const { dynamicNj, dramBytes, smWork, tensorShare } = work;
  const energy = dynamicNj ?? activityEnergy(device, dramBytes, smWork, tensorShare);
  return energy / (work.durationNs[tpcs] as number);
}
