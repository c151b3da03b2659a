import { LithosError, TpcSet } from '@lithos/core';
import { ATOM_PATHS, type DeviceFile } from '../model/device-model.ts';

/** What the model divides by. */
const DIVISORS = [
  'geometry.smsPerTpc',
  'sm.threads',
  'sm.blocks',
  'sm.registers',
  'sm.sharedMemoryBytes',
  'clock.minSmMhz',
  'clock.maxSmMhz',
  'clock.stepMhz',
  'memory.dramBytesPerNs',
  'memory.dramSaturationTpcs',
  'memory.l2Bytes',
  'memory.l2BytesPerNs',
  'throughput.tensorFlopPerSmClock',
  'throughput.fp32FlopPerSmClock',
  'throughput.issuePerSmClock',
  'throughput.latencyNs',
  'launch.streamGapNs',
  'launch.graphGapNs',
  'launch.dispatchBlocksPerNs',
  'contexts.sliceNs',
  'power.limitWindowNs',
  'power.sampleWindowNs',
  'power.samplePeriodNs',
];

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
  for (const path of DIVISORS) {
    const value = valueAt(file, path);
    if (typeof value === 'number' && value > 0) continue;
    refuse(file, `${path} is ${value}`, 'give what was measured, a number above zero');
  }
  if (!Number.isInteger(tpcs.value) || tpcs.value < 1 || tpcs.value > TpcSet.MAX_TPCS) {
    refuse(
      file,
      `geometry.tpcs is ${tpcs.value}`,
      `give a whole number from 1 to ${TpcSet.MAX_TPCS}`,
    );
  }
  if (!ATOM_PATHS.includes(file.atoms.value)) {
    refuse(file, `atoms is '${file.atoms.value}'`, `give one of ${ATOM_PATHS.join(', ')}`);
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

/** A number of a file by its path; `undefined` if it is not there. */
function valueAt(file: DeviceFile, path: string): unknown {
  return `${path}.value`
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      file,
    );
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
