import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { LithosError } from '@lithos/core';

/** Measurements that ship, by device; the same place seen from `src` and from `dist`. */
const FOLDER = fileURLToPath(new URL('../../measurements/', import.meta.url));

/** The path of a measurement file that ships. */
export function shippedMeasurements(device: string, name: string): string {
  return `${FOLDER}${device}/${name}`;
}

/** The text of a measurement file, gzipped or not. */
export function readMeasurements(file: string): string {
  try {
    const bytes = readFileSync(file);
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (gzipped ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new LithosError(
      'E_FILE',
      `cannot read ${file}: ${(error as Error).message}`,
      'check the path and its permissions',
    );
  }
}
