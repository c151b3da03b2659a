import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type KernelProfile, LithosError } from '@lithos/core';
import { findModel, kvBytesPerToken, type TraceRows } from '@lithos/traces';
import {
  findTrace,
  listProfiles,
  loadProfile,
  profilesFolder,
  readAzureLlm,
} from '@lithos/traces/node';
import type { ManifestInput } from '../record/manifest.ts';
import type { RunInputs } from '../runner/inputs.ts';
import { profilesOfModel, profilesOfWorkload } from '../scenario/installed.ts';
import type { Scenario } from '../scenario-types.ts';

export interface LoadedInputs extends RunInputs {
  /** Files that were read, with their hashes, for the manifest. */
  readonly files: readonly ManifestInput[];
  /** Trace rows skipped because they were not sound, by trace; only when read leniently. */
  readonly skippedRows: Readonly<Record<string, number>>;
}

/** Reads what a scenario's runs need from disk: profiles and recorded traces. */
export async function loadInputs(scenario: Scenario, lenient = false): Promise<LoadedInputs> {
  const available = listProfiles();
  const profilesOf = (model: string): readonly string[] => profilesOfModel(available, model);
  const profiles = new Map<string, KernelProfile>();
  const traces = new Map<string, TraceRows>();
  const modules = new Set<string>();
  const files: ManifestInput[] = [];
  const skippedRows: Record<string, number> = {};
  for (const { workload, arrivals } of scenario.tenants) {
    for (const id of profilesOfWorkload(workload, available)) {
      if (profiles.has(id)) continue;
      profiles.set(id, loadProfile(id));
      files.push({ name: `${id}.json`, sha256: hash(join(profilesFolder, `${id}.json`)) });
    }
    if (workload.kind === 'ptx' && !modules.has(workload.work.path)) {
      const { path } = workload.work;
      modules.add(path);
      files.push({ name: basename(path), sha256: hash(path) });
    }
    if (arrivals.kind === 'trace' && !traces.has(arrivals.trace)) {
      const path = await traceFile(arrivals.trace);
      const { rows, skipped } = await readAzureLlm(path, { lenient });
      traces.set(arrivals.trace, rows);
      if (skipped > 0) skippedRows[arrivals.trace] = skipped;
      files.push({ name: basename(path), sha256: hash(path) });
    }
  }
  return {
    files,
    skippedRows,
    profile: (id) => found(profiles.get(id), id),
    profilesOf,
    kvBytesPerToken: (model) => kvBytesPerToken(found(findModel(model), model)),
    trace: (id) => found(traces.get(id), id),
  };
}

/** Where the rows of a trace are: a catalogued one is looked up and checked, a file is read as it is. */
async function traceFile(trace: string): Promise<string> {
  return trace.endsWith('.csv') ? trace : (await findTrace(trace)).path;
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`'${name}' was not loaded`);
  return value;
}

function hash(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    throw new LithosError(
      'E_FILE',
      `cannot read ${path}: ${(error as Error).message}`,
      'put the file back, or name another one in the scenario',
    );
  }
}
