import { LithosError } from '@lithos/core';
import { type ByteSource, type Manifest, RECORD_FILES, type RunSummary } from '@lithos/experiments';
import type { AtomColumns } from './atoms.ts';
import { tpcsOf } from './tpc-classes.ts';

/** Refuses JSON files that lack what the page shows. */
export function checkShape(
  name: string,
  manifest: Manifest,
  summary: RunSummary | undefined,
): void {
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const lacks = [
    typeof manifest.policy !== 'string' && 'manifest.json has no policy',
    !isObject(manifest.scenario) && 'manifest.json has no scenario',
    typeof manifest.device?.id !== 'string' && 'manifest.json has no device',
    !(Array.isArray(manifest.tenants) && manifest.tenants.every((t) => typeof t === 'string')) &&
      'manifest.json has no list of tenants',
    summary !== undefined && !Array.isArray(summary.tenants) && 'summary.json has no tenants',
    summary !== undefined && !isObject(summary.device) && 'summary.json has no device',
    summary !== undefined && !isObject(summary.aggregate) && 'summary.json has no aggregate',
  ].find((lack) => lack !== false);
  if (lacks === undefined) return;
  throw new LithosError(
    'E_RECORD_DAMAGED',
    `${name}: ${lacks}`,
    'repeat the run, or copy its folder again',
  );
}

export function expectFiles(
  manifest: Manifest,
  name: string,
  files: Readonly<Record<'requestFile' | 'counterFile' | 'atomFile', ByteSource | undefined>>,
): void {
  const missing = [
    manifest.record !== 'none' && files.requestFile === undefined ? RECORD_FILES.requests : '',
    manifest.record !== 'none' && files.counterFile === undefined ? RECORD_FILES.counters : '',
    manifest.record === 'all' && files.atomFile === undefined ? RECORD_FILES.atoms : '',
  ].filter((file) => file !== '');
  if (missing.length === 0) return;
  throw new LithosError(
    'E_RECORD_MISSING',
    `${name}: ${missing.join(', ')} is missing, though the manifest says that it was recorded`,
    'copy the whole folder of the run',
  );
}

export function expectCount(
  name: string,
  what: string,
  found: number,
  stated: number | undefined,
): void {
  if (stated === undefined || stated === found) return;
  throw new LithosError(
    'E_RECORD_DAMAGED',
    `${name}: ${found} ${what} in the file, ${stated} in the manifest: the two are of different runs`,
    'copy the whole folder of the run again',
  );
}

/** The GPCs, if all atoms fit them; of a device that is not known, one with as many TPCs as are used. */
export function checkGeometry(
  name: string,
  gpcs: readonly number[] | undefined,
  [w0, w1, w2]: AtomColumns['words'],
): readonly number[] {
  let all0 = 0;
  let all1 = 0;
  let all2 = 0;
  for (let row = 0; row < w0.length; row++) {
    all0 |= w0[row] as number;
    all1 |= w1[row] as number;
    all2 |= w2[row] as number;
  }
  const used = (tpcsOf([all0, all1, all2]).at(-1) ?? 0) + 1;
  if (gpcs === undefined) return [used];
  if (used <= total(gpcs)) return gpcs;
  throw new LithosError(
    'E_RECORD_DAMAGED',
    `${name}/atoms.parquet has an atom on TPC ${used - 1} of a device with ${total(gpcs)}`,
    'repeat the run, or copy its folder again',
  );
}

export const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
