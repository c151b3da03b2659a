import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import { type TraceEntry, traceEntry } from './catalog.ts';
import { sha256 } from './checksum.ts';

/** The environment variables that say where traces are. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A collection beside the repository, for development. */
const BESIDE_REPOSITORY = fileURLToPath(new URL('../../../../shared/traces/', import.meta.url));

/** The folder that `lithos traces pull` puts traces into. */
export function cacheFolder(env: Environment = process.env): string {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(base, 'lithos', 'traces');
}

/** The folders that are searched for traces, in order. */
export function traceFolders(env: Environment = process.env): readonly string[] {
  const own = env.LITHOS_TRACES ? [env.LITHOS_TRACES] : [];
  return [...own, cacheFolder(env), BESIDE_REPOSITORY];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Throws `E_TRACE_CHECKSUM` unless the file is the published one, byte for byte. */
export async function checkTrace(entry: TraceEntry, path: string): Promise<void> {
  const found = await sha256(path);
  if (found === entry.sha256) return;
  throw new LithosError(
    'E_TRACE_CHECKSUM',
    `${path} is not the published ${entry.id}: its SHA-256 is ${found}, expected ${entry.sha256}`,
    `delete it and run \`lithos traces pull ${entry.id}\``,
  );
}

/** Where the file of a trace lies on this machine, or `undefined`; its content is not looked at. */
export async function locateTrace(
  entry: TraceEntry,
  env: Environment = process.env,
): Promise<string | undefined> {
  for (const folder of traceFolders(env)) {
    for (const path of [join(folder, entry.file), join(folder, entry.folder, entry.file)]) {
      if (await isFile(path)) return path;
    }
  }
  return undefined;
}

/**
 * Finds a trace: in `LITHOS_TRACES`, in the user's cache, beside the repository; and checks that it
 * is the published file. A missing one is a `LithosError` `E_TRACE_MISSING` that says how to get it.
 */
export async function findTrace(
  id: string,
  env: Environment = process.env,
): Promise<{ readonly entry: TraceEntry; readonly path: string }> {
  const entry = traceEntry(id);
  const path = await locateTrace(entry, env);
  if (path === undefined) {
    throw new LithosError(
      'E_TRACE_MISSING',
      `trace '${id}' is not on this machine`,
      `run \`lithos traces pull ${id}\` (${entry.bytes} bytes), or set LITHOS_TRACES to the folder of ${entry.file}`,
    );
  }
  await checkTrace(entry, path);
  return { entry, path };
}
