import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type KernelProfile, LithosError } from '@lithos/core';
import { listProfiles, loadProfile } from '@lithos/traces/node';
import { parseKernelTraces } from '../validate/kernel-traces.ts';
import type { MeasuredLaunches } from '../validate/types.ts';

/** The profiles that ship and were measured on this device, sorted by id. */
export function shippedProfiles(device: string): readonly KernelProfile[] {
  return listProfiles()
    .map((id) => loadProfile(id))
    .filter((profile) => profile.measured.device === device);
}

/** Reads a `kernel-traces/1` file, gzipped or not, for `validateKernels`. */
export function readKernelTraces(file: string): readonly MeasuredLaunches[] {
  let text: string;
  try {
    const bytes = readFileSync(file);
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    text = (gzipped ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new LithosError('E_FILE', `cannot read ${file}: ${(error as Error).message}`);
  }
  return parseKernelTraces(text, file);
}
