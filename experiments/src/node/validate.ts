import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelProfile, LithosError } from '@lithos/core';
import { listProfiles, loadProfile } from '@lithos/traces/node';
import { parseKernelTraces } from '../validate/kernel-traces.ts';
import { parsePowerProfile } from '../validate/power-profile.ts';
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

/**
 * Reads profiles for `validatePower`: one `lithos/kernel-profile@1` file, gzipped or not, or the
 * files of a folder that end in `.json` or `.json.gz`, sorted by name.
 */
export function readPowerProfiles(path: string): readonly KernelProfile[] {
  const files = profileFiles(path);
  if (files.length === 0) {
    throw new LithosError(
      'E_MEASUREMENTS',
      `${path}: there is no .json or .json.gz file in this folder`,
      'give a kernel profile, or a folder of them',
    );
  }
  const places = new Map<string, string>();
  return files.map((file) => {
    const profile = parsePowerProfile(readMeasurements(file), file);
    const place = places.get(profile.id);
    if (place !== undefined) {
      throw new LithosError(
        'E_MEASUREMENTS',
        `${file}: id is '${profile.id}', as in ${place}`,
        'give every profile an id of its own',
      );
    }
    places.set(profile.id, file);
    return profile;
  });
}

/** The files at a path: itself, or those of the folder that it is. */
function profileFiles(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((file) => /\.json(\.gz)?$/.test(file))
    .sort()
    .map((file) => join(path, file));
}
