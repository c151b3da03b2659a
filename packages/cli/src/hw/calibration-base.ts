import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LithosError } from '@lithos/core';
import type { GpuIdentity } from '@lithos/hw-a100';
import { DEVICES, type DeviceFile, findDevice } from '@lithos/sim';

/**
 * The device file that a calibration of this GPU begins with: the one that was stated, or that of the
 * GPU's name. What is not measured stays as it is there, so it must be a GPU of the same size.
 */
export function calibrationBase(gpu: GpuIdentity, stated: string | undefined): DeviceFile {
  const base = stated === undefined ? DEVICES.find((d) => d.name === gpu.name) : findDevice(stated);
  const alike = DEVICES.filter((d) => d.geometry.tpcs.value === gpu.tpcs).map((d) => d.id);
  const fix =
    alike.length > 0
      ? `give --device with one of as many TPCs: ${alike.join(', ')}`
      : `no device file has ${gpu.tpcs} TPCs: one must be written for this GPU first`;
  if (base === undefined) {
    throw new LithosError(
      'E_HW_DEVICE',
      `there is no device file of this GPU, '${gpu.name}' with ${gpu.tpcs} TPCs`,
      fix,
    );
  }
  if (base.geometry.tpcs.value !== gpu.tpcs) {
    throw new LithosError(
      'E_HW_DEVICE',
      `'${base.id}' has ${base.geometry.tpcs.value} TPCs, and this GPU (${gpu.name}) has ${gpu.tpcs}`,
      fix,
    );
  }
  return base;
}

/** Makes sure, before anything is measured, that a file can be written. */
export function checkWritable(file: string): void {
  const refuse = (why: string): never => {
    throw new LithosError(
      'E_FILE',
      `cannot write ${file}: ${why}`,
      'give a file in a folder that is there',
    );
  };
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) refuse('it is a folder');
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    refuse((error as Error).message);
  }
}
