import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';
import { type TraceEntry, traceEntry } from './catalog.ts';
import { sha256 } from './checksum.ts';
import { cacheFolder } from './find-trace.ts';

export interface PullOptions {
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Where to put the file; the user's cache by default. */
  readonly cacheDir?: string;
  /** Told the bytes that are there and the bytes that there will be. */
  readonly onProgress?: (received: number, total: number) => void;
  /** Stops the download; what came so far stays and is built upon next time. */
  readonly signal?: AbortSignal;
}

/** Downloads a trace of the catalogue and returns its path. See `download`. */
export async function pullTrace(id: string, options: PullOptions = {}): Promise<string> {
  return download(traceEntry(id), options);
}

/**
 * Downloads a trace into `<file>.part`, going on from what an earlier attempt left, checks size and
 * SHA-256, and only then gives the file its name: there is never half a file under that name. Does
 * nothing but check if the file is there already.
 */
export async function download(entry: TraceEntry, options: PullOptions = {}): Promise<string> {
  const folder = options.cacheDir ?? cacheFolder();
  const path = join(folder, entry.file);
  const part = `${path}.part`;
  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  if ((await sizeOf(path)) === entry.bytes && (await sha256(path)) === entry.sha256) return path;
  const resumed = await fetchInto(part, entry, options);
  let problem = await problemOf(part, entry);
  if (problem !== undefined && resumed) {
    // What an earlier attempt left was of another file; it is gone, so fetch the whole.
    await fetchInto(part, entry, options);
    problem = await problemOf(part, entry);
  }
  if (problem !== undefined) {
    throw new LithosError(
      'E_TRACE_CHECKSUM',
      `${entry.url}: ${problem}; the download was removed`,
      'try again; if it happens again, the published file has changed',
      1,
    );
  }
  await onDisk(path, () => rename(part, path));
  await syncFolder(folder);
  return path;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Runs a file operation; its failure is a coded error that names the path. */
async function onDisk<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw new LithosError('E_TRACE_DISK', `${path}: ${(error as Error).message}`, undefined, 1);
  }
}

function failed(entry: TraceEntry, what: string): LithosError {
  const again = `run \`lithos traces pull ${entry.id}\` again; it goes on where it stopped`;
  return new LithosError('E_TRACE_DOWNLOAD', `${entry.url}: ${what}`, again, 1);
}

/** The response for the rest of the file, and where its first byte belongs. */
async function request(
  entry: TraceEntry,
  have: number,
  options: PullOptions,
): Promise<{ readonly response: Response; readonly from: number }> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (have > 0) headers.range = `bytes=${have}-`;
  let response: Response;
  try {
    const init = { headers, ...(options.signal ? { signal: options.signal } : {}) };
    response = await (options.fetch ?? fetch)(entry.url, init);
  } catch (error) {
    options.signal?.throwIfAborted();
    const { message, cause } = error as Error;
    const detail = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw failed(entry, detail);
  }
  if (response.status === 200) return { response, from: 0 };
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 206 && Number(range?.[1]) === have) return { response, from: have };
  await response.body?.cancel();
  // The server has no such range: begin anew.
  if (have > 0 && (response.status === 206 || response.status === 416)) {
    return request(entry, 0, options);
  }
  throw failed(entry, `the server answered ${response.status} ${response.statusText}`.trim());
}

/**
 * Brings `part` to its full length; what has come stays when the connection breaks. Tells whether
 * it built upon what was there.
 */
async function fetchInto(part: string, entry: TraceEntry, options: PullOptions): Promise<boolean> {
  options.signal?.throwIfAborted();
  let have = await sizeOf(part);
  if (have > entry.bytes) {
    await onDisk(part, () => rm(part));
    have = 0;
  }
  if (have === entry.bytes) return true;
  const { response, from } = await request(entry, have, options);
  const handle = await onDisk(part, () => open(part, from === 0 ? 'w' : 'a'));
  let received = from;
  try {
    if (response.body === null) throw failed(entry, 'the answer has no body');
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch((error: Error) => {
        options.signal?.throwIfAborted();
        throw failed(entry, `the connection broke after ${received} bytes: ${error.message}`);
      });
      if (done) break;
      await onDisk(part, () => handle.writeFile(value));
      received += value.length;
      options.onProgress?.(received, entry.bytes);
      if (received > entry.bytes) {
        await reader.cancel();
        break;
      }
    }
    await onDisk(part, () => handle.sync());
  } finally {
    await handle.close();
  }
  return from > 0;
}

/** What is wrong with a complete download, or `undefined`; a wrong one is removed. */
async function problemOf(part: string, entry: TraceEntry): Promise<string | undefined> {
  const size = await sizeOf(part);
  if (size < entry.bytes) {
    throw failed(entry, `the download ended after ${size} of ${entry.bytes} bytes`);
  }
  const found = size === entry.bytes ? await onDisk(part, () => sha256(part)) : undefined;
  if (found === entry.sha256) return undefined;
  await onDisk(part, () => rm(part, { force: true }));
  return found === undefined
    ? `the download is longer than the ${entry.bytes} bytes expected`
    : `SHA-256 is ${found}, expected ${entry.sha256}`;
}

/** Makes the rename last through a power cut, where the system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows and some network file systems refuse; the file itself is synced.
  }
}
