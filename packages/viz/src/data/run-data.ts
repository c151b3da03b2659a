import { LithosError } from '@lithos/core';
import {
  type ByteSource,
  bytesSource,
  type Manifest,
  RECORD_FILES,
  type RunFiles,
  type RunSummary,
  readRun,
  type TableReader,
} from '@lithos/experiments';
import { type Atoms, arrange } from './atoms.ts';
import { type Counters, readCounters } from './counters.ts';
import { openAtoms, readAtoms } from './read-atoms.ts';
import { type Requests, readRequests } from './requests.ts';
import { checkGeometry, checkShape, expectCount, expectFiles, total } from './run-checks.ts';
import { duration, gpcsOf, ownersOf, spanOf, type TenantInfo, tenantsOf } from './run-facts.ts';
import { type Sums, sumUp } from './sums.ts';

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
  if (requests !== undefined) {
    // Requests that did not complete have no number, and are not counted in the manifest.
    const completed = requests.number.reduce((sum, n) => sum + (Number.isNaN(n) ? 0 : 1), 0);
    expectCount(name, 'completed requests', completed, manifest.counts?.requests);
  }
  const counters = counterFile && (await readCounters(counterFile, name));
  if (counters !== undefined) {
    expectCount(name, 'counter samples', counters.time.length, manifest.counts?.counter_samples);
  }
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
