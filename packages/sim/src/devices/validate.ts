import { LithosError } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';

/** Refuses a device file that contradicts itself, with what does not add up. */
export function validateDeviceFile(file: DeviceFile): void {
  const { tpcsPerGpc, tpcs } = file.geometry;
  const sum = tpcsPerGpc.value.reduce((a, b) => a + b, 0);
  if (sum !== tpcs.value) {
    const list = tpcsPerGpc.value.join(' + ');
    refuse(
      file,
      `its TPCs per GPC do not add up: ${list} = ${sum}, but geometry.tpcs is ${tpcs.value}`,
      'correct geometry.tpcsPerGpc or geometry.tpcs',
    );
  }
  for (const [path, value] of numbersOf(file, '')) {
    if (Number.isFinite(value) && value >= 0) continue;
    refuse(file, `${path} is ${value}`, 'every number of a device file is finite and not negative');
  }
  const { minSmMhz, maxSmMhz } = file.clock;
  if (minSmMhz.value > maxSmMhz.value) {
    refuse(
      file,
      `clock.minSmMhz is ${minSmMhz.value}, above clock.maxSmMhz, ${maxSmMhz.value}`,
      'exchange the two',
    );
  }
  for (const { name, computeSlices, memoryBytes } of file.mig.instances) {
    const needed = computeSlices * file.mig.tpcsPerSlice;
    if (needed > tpcs.value) {
      refuse(file, `MIG ${name} needs ${needed} TPCs of ${tpcs.value}`, 'correct mig.tpcsPerSlice');
    }
    if (memoryBytes > file.memory.bytes.value) {
      refuse(file, `MIG ${name} has more memory than the device`, 'correct mig.instances');
    }
  }
}

function refuse(file: DeviceFile, what: string, fix: string): never {
  throw new LithosError('E_DEVICE_FILE', `device file '${file.id}': ${what}`, fix);
}

/** Every number of a file with its path, those in lists too. */
function* numbersOf(at: object, path: string): Generator<readonly [path: string, value: number]> {
  for (const [key, child] of Object.entries(at) as [string, unknown][]) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof child === 'number') yield [here, child];
    else if (typeof child === 'object' && child !== null) yield* numbersOf(child, here);
  }
}
