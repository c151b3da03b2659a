import type { KernelProfile } from '@lithos/core';
import { listProfiles, loadProfile } from '@lithos/traces/node';
import { parseKernelTraces } from '../validate/kernel-traces.ts';
import type { MeasuredLaunches } from '../validate/types.ts';
import { readMeasurements } from './measurements.ts';

/** The profiles that ship and were measured on this device, sorted by id. */
export function shippedProfiles(device: string): readonly KernelProfile[] {
  return listProfiles()
    .map((id) => loadProfile(id))
    .filter((profile) => profile.measured.device === device);
}

/** Reads a `kernel-traces/1` file, gzipped or not, for `validateKernels`. */
export function readKernelTraces(file: string): readonly MeasuredLaunches[] {
  return parseKernelTraces(readMeasurements(file), file);
}
