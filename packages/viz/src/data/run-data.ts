import { LithosError } from '@lithos/core';
import {
  type ByteSource,
  bytesSource,
  type Manifest,
  parseDuration,
  RECORD_FILES,
  type RunFiles,
  type RunSummary,
  readRun,
  type TableReader,
} from '@lithos/experiments';
import { DEVICES } from '@lithos/sim';
import { type AtomColumns, type Atoms, arrange } from './atoms.ts';
import { type Counters, readCounters } from './counters.ts';
import { openAtoms, readAtoms } from './read-atoms.ts';
import { type Requests, readRequests } from './requests.ts';
import { type Sums, sumUp } from './sums.ts';
import { tpcsOf } from './tpc-classes.ts';

/** A tenant as the scenario states it. */
export interface TenantInfo {
  readonly name: string;
  readonly class: 'hp' | 'be';
  readonly quotaTpcs: number;
  readonly llm: boolean;
  /** Objectives in ns. */
  readonly slo: {
    readonly latencyNs?: number;
    readonly ttftNs?: number;
    readonly tpotNs?: number;
  };
  /** What it runs and how requests arrive, in a few words. */
  readonly workload: string;
  readonly arrivals: string;
}

/** A run as the page holds it. */
export interface RunData {
  /** The folder's name, or what else tells the run from others. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly summary: RunSummary | undefined;
  /** The summary as it stands in its file. */
  readonly summaryText: string | undefined;
  readonly incomplete: string | undefined;
  readonly durationNs: number;
  readonly warmupNs: number;
  readonly tenants: readonly TenantInfo[];
  /** TPCs of each GPC. */
  readonly gpcs: readonly number[];
  /** Tenant whose quota covers each TPC, or -1; as policies with quotas lay them out. */
  readonly ownerOfTpc: Int8Array;
  /** Absent if the run was recorded without atoms. */
  readonly atoms: Atoms | undefined;
  readonly sums: Sums | undefined;
  readonly requests: Requests | undefined;
  readonly counters: Counters | undefined;
}

/** A folder with a run record whose large files are read piece by piece. */
export interface RunFolder extends RunFiles {
  readonly name: string;
  /** A file's bytes, or `undefined` if there is none. */
  open(path: string): Promise<ByteSource | undefined>;
}

/** A run record in memory, as the simulator in the page leaves it. */
export function memoryFolder(name: string, files: ReadonlyMap<string, Uint8Array>): RunFolder {
  return {
    name,
    readFile: (path) => Promise.resolve(files.get(path)),
    open: (path) => {
      const bytes = files.get(path);
      return Promise.resolve(bytes === undefined ? undefined : bytesSource(bytes));
    },
  };
}

export interface OpenedRun {
  readonly data: RunData;
  /** The table of atoms, for what is read when it is asked for. */
  readonly table: TableReader | undefined;
}

/** Opens a run record, whole or not at all. */
export async function openRun(
  folder: RunFolder,
  onProgress: (share: number, what: string) => void = () => {},
): Promise<OpenedRun> {
  const { name } = folder;
  const { manifest, summary, incomplete } = await readRun(folder, name);
  checkShape(name, manifest, summary);
  if (manifest.exit === 'running' || manifest.exit === 'disk-full') {
    throw new LithosError(
      'E_RECORD_INCOMPLETE',
      `${name}: the record is not complete: ${incomplete}`,
      'wait for the run to end, or repeat it',
    );
  }
  const summaryBytes = await folder.readFile(RECORD_FILES.summary);
  const tenants = tenantsOf(manifest);
  const requestFile = await folder.open(RECORD_FILES.requests);
  const counterFile = await folder.open(RECORD_FILES.counters);
  const atomFile = await folder.open(RECORD_FILES.atoms);
  expectFiles(manifest, name, { requestFile, counterFile, atomFile });
  onProgress(0, 'requests');
  const requests =
    requestFile &&
    (await readRequests(
      requestFile,
      await folder.open(RECORD_FILES.unfinished),
      name,
      manifest.tenants,
    ));
  const counters = counterFile && (await readCounters(counterFile, name));
  const table = atomFile && (await openAtoms(atomFile, name));
  let atoms: Atoms | undefined;
  let sums: Sums | undefined;
  let durationNs = spanOf(manifest, summary);
  let gpcs = gpcsOf(manifest);
  if (table !== undefined) {
    expectCount(name, 'atoms', table.rows, manifest.counts?.atoms);
    const columns = await readAtoms(table, name, manifest.tenants, (share) =>
      onProgress(0.8 * share, 'atoms'),
    );
    for (const end of columns.end) if (end > durationNs) durationNs = end;
    gpcs = checkGeometry(name, gpcs, columns.words);
    atoms = arrange(columns, ownersOf(tenants, total(gpcs)));
    onProgress(0.9, 'sums');
    sums = sumUp(atoms, durationNs);
  }
  const scenario = manifest.scenario as { readonly warmup?: unknown };
  const data: RunData = {
    name,
    manifest,
    summary,
    summaryText: summaryBytes && new TextDecoder().decode(summaryBytes),
    incomplete,
    durationNs,
    warmupNs: duration(scenario.warmup) ?? 0,
    tenants,
    gpcs: gpcs ?? [],
    ownerOfTpc: ownersOf(tenants, total(gpcs ?? [])),
    atoms,
    sums,
    requests,
    counters,
  };
  return { data, table };
}

/** Refuses JSON files that lack what the page shows. */
function checkShape(name: string, manifest: Manifest, summary: RunSummary | undefined): void {
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

function expectFiles(
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

function expectCount(name: string, what: string, found: number, stated: number | undefined): void {
  if (stated === undefined || stated === found) return;
  throw new LithosError(
    'E_RECORD_DAMAGED',
    `${name}: ${found} ${what} in the file, ${stated} in the manifest: the two are of different runs`,
    'copy the whole folder of the run again',
  );
}

/** TPCs of each GPC of a known device. */
function gpcsOf({ device }: Manifest): readonly number[] | undefined {
  return DEVICES.find(({ id }) => id === device.id)?.geometry.tpcsPerGpc.value;
}

/** The GPCs, if all atoms fit them; of a device that is not known, one with as many TPCs as are used. */
function checkGeometry(
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

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

function spanOf(manifest: Manifest, summary: RunSummary | undefined): number {
  const { duration: stated } = manifest.scenario as { readonly duration?: unknown };
  if (summary !== undefined) return summary.simulated_s * 1e9;
  return duration(stated) ?? 1;
}

function duration(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return parseDuration(text);
  } catch {
    // A warm-up of nothing is no duration.
    return undefined;
  }
}

/** Quotas are compact ranges in the tenants' order: see the allocation of the LithOS policy. */
export function ownersOf(tenants: readonly TenantInfo[], tpcs: number): Int8Array {
  const owner = new Int8Array(tpcs).fill(-1);
  let next = 0;
  tenants.forEach(({ quotaTpcs }, t) => {
    owner.fill(t, next, Math.min(tpcs, next + quotaTpcs));
    next += quotaTpcs;
  });
  return owner;
}

/** The tenants that a manifest's scenario states. */
export function tenantsOf(manifest: Manifest): readonly TenantInfo[] {
  const { tenants } = manifest.scenario as { readonly tenants?: unknown };
  const stated = Array.isArray(tenants) ? (tenants as Record<string, unknown>[]) : [];
  return manifest.tenants.map((name) => {
    const tenant = stated.find((candidate) => candidate.name === name) ?? {};
    const workload = (tenant.workload ?? {}) as Record<string, unknown>;
    const slo = (tenant.slo ?? {}) as Record<string, unknown>;
    const latencyNs = duration(slo.latency_p99);
    const ttftNs = duration(slo.ttft_p99);
    const tpotNs = duration(slo.tpot_p99);
    return {
      name,
      class: tenant.class === 'hp' ? 'hp' : 'be',
      quotaTpcs: typeof tenant.quota === 'number' ? tenant.quota : 0,
      llm: workload.model !== undefined,
      slo: {
        ...(latencyNs !== undefined && { latencyNs }),
        ...(ttftNs !== undefined && { ttftNs }),
        ...(tpotNs !== undefined && { tpotNs }),
      },
      workload: String(workload.model ?? workload.profile ?? ''),
      arrivals: describe(tenant.arrivals),
    };
  });
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, v]) => `${key} ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`)
    .join(', ');
}
