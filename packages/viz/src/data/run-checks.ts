import { LithosError } from '@lithos/core';
import { type ByteSource, type Manifest, RECORD_FILES, type RunSummary } from '@lithos/experiments';
import type { AtomColumns } from './atoms.ts';
import { tpcsOf } from './tpc-classes.ts';

/** Refuses JSON files that lack what the page shows, and those of different runs. */
export function checkShape(
  name: string,
  manifest: Manifest,
  summary: RunSummary | undefined,
): void {
  const lack = lackOfManifest(manifest) ?? (summary && lackOfSummary(summary));
  if (lack !== undefined) {
    throw new LithosError(
      'E_RECORD_DAMAGED',
      `${name}: ${lack}`,
      'repeat the run, or copy its folder again',
    );
  }
  if (summary === undefined) {
    if (manifest.exit !== 'complete') return;
    throw new LithosError(
      'E_RECORD_MISSING',
      `${name}: ${RECORD_FILES.summary} is missing, though the manifest says that the run is complete`,
      'copy the whole folder of the run',
    );
  }
  for (const key of ['policy', 'seed'] as const) {
    if (summary[key] === manifest[key]) continue;
    throw new LithosError(
      'E_RECORD_DAMAGED',
      `${name}: ${key} ${summary[key]} in the summary, ${manifest[key]} in the manifest: the two are of different runs`,
      'copy the whole folder of the run again',
    );
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isNumber = (value: unknown): boolean => typeof value === 'number';
const areObjects = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);
const areNumbers = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every(isNumber);

function lackOfManifest(manifest: Manifest): string | undefined {
  if (typeof manifest.policy !== 'string') return 'manifest.json has no policy';
  if (!isObject(manifest.scenario)) return 'manifest.json has no scenario';
  const { tenants } = manifest.scenario as { readonly tenants?: unknown };
  if (tenants !== undefined && !areObjects(tenants)) {
    return 'the scenario in manifest.json has a tenant that is none';
  }
  if (typeof manifest.device?.id !== 'string') return 'manifest.json has no device';
  const names: unknown = manifest.tenants;
  if (!Array.isArray(names) || !names.every((one) => typeof one === 'string')) {
    return 'manifest.json has no list of tenants';
  }
  return undefined;
}

/** Figures of a tenant that the page reads. */
const TENANT_NUMBERS = [
  'requests',
  'completed',
  'unfinished',
  'throughput_per_s',
  'normalized_throughput',
] as const;

function lackOfSummary({
  simulated_s,
  tenants,
  device,
  aggregate,
}: RunSummary): string | undefined {
  if (!isNumber(simulated_s)) return 'summary.json has no simulated_s';
  if (!areObjects(tenants)) return 'summary.json has no tenants';
  if (!areNumbers(device)) return 'summary.json has no device';
  if (!areNumbers(aggregate)) return 'summary.json has no aggregate';
  for (const tenant of tenants) {
    const of = `of tenant ${JSON.stringify(tenant.name)} in summary.json`;
    if (typeof tenant.name !== 'string') return 'summary.json has a tenant without a name';
    const figure = TENANT_NUMBERS.find((key) => !isNumber(tenant[key]));
    if (figure !== undefined) return `${figure} ${of} is missing, or no number`;
    const { slo_attainment_pct: met } = tenant;
    if (met !== undefined && !isNumber(met)) return `slo_attainment_pct ${of} is no number`;
    for (const key of ['latency_ms', 'ttft_ms', 'tpot_ms'] as const) {
      if (key !== 'latency_ms' && tenant[key] === undefined) continue;
      if (!areNumbers(tenant[key])) return `${key} ${of} is missing, or has no figures`;
    }
  }
  return undefined;
}

export function expectFiles(
  manifest: Manifest,
  name: string,
  files: Readonly<Record<'requestFile' | 'counterFile' | 'atomFile', ByteSource | undefined>>,
): void {
  const hasTables = manifest.record === 'all' || manifest.record === 'requests';
  const missing = [
    hasTables && files.requestFile === undefined ? RECORD_FILES.requests : '',
    hasTables && files.counterFile === undefined ? RECORD_FILES.counters : '',
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
