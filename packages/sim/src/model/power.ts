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

/** Part of `kernelPower` that the core voltage does not touch, W: DRAM traffic. */
export function dramPower(device: DeviceFile, work: SimKernel, tpcs: number): number {
  const ns = work.durationNs[tpcs] as number;
  return (device.power.dramWPerTBps.value * work.dramBytes) / ns / 1000;
}

/**
 * Power that a kernel adds while it runs alone on `tpcs` TPCs at the greatest clock, W. Its energy
 * over its time where the fitted model knows it; otherwise DRAM traffic and SM activity, the tensor
 * pipes dearer than the others.
 */
export function kernelPower(device: DeviceFile, work: SimKernel, tpcs: number): number {
  const ns = work.durationNs[tpcs] as number;
  if (work.dynamicNj !== undefined) return work.dynamicNj / ns;
  const { smW, tensorW } = device.power;
  const perSm = smW.value + (tensorW.value - smW.value) * work.tensorShare;
  const busyTpcs = Math.min(tpcs, work.smWork / ns);
  return dramPower(device, work, tpcs) + (perSm * busyTpcs) / device.geometry.tpcs.value;
}
