import { LithosError, nearest } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import { a100_40gb } from './a100-40gb.ts';
import { a100_80gb } from './a100-80gb.ts';
import { a100_80gbPcie } from './a100-80gb-pcie.ts';
import { h100 } from './h100.ts';
import { h200 } from './h200.ts';

/** All devices the simulator knows. A new device is a file and one more entry here. */
export const DEVICES: readonly DeviceFile[] = [a100_40gb, a100_80gb, a100_80gbPcie, h100, h200];

/** Device files that take the place of ours: see `useDevice`. */
const replaced = new Map<string, DeviceFile>();

/** Puts a device file in the place of ours of the same id, in this thread: a measured GPU. */
export function useDevice(file: DeviceFile): void {
  replaced.set(file.id, file);
}

/** The device file of this id; an unknown id is an error that gives the nearest one. */
export function findDevice(id: string): DeviceFile {
  const device = replaced.get(id) ?? DEVICES.find((d) => d.id === id);
  if (device !== undefined) return device;
  const ids = DEVICES.map((d) => d.id);
  const guess = nearest(id, ids);
  throw new LithosError(
    'E_DEVICE_NAME',
    `there is no device '${id}'`,
    guess === undefined ? `known devices: ${ids.join(', ')}` : `did you mean '${guess}'?`,
  );
}
