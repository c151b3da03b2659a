import fs from 'node:fs';
import { dirname } from 'node:path';
import { LithosError } from '@lithos/core';
import type { SinkFile } from '../record/sink.ts';

/** Files that appear under their names all at once when all of them are complete, or not at all. */
export interface OutputFiles {
  /** Begins a file. */
  open(path: string): SinkFile;
  /** Gives the files their names, replacing what is there. */
  commit(): void;
  /** Removes what was written; does nothing after `commit`. */
  discard(): void;
}

/**
 * Writes files beside their final names. Whatever ends the process before `commit`, short of a kill
 * or a power cut, removes them.
 */
export function outputFiles(): OutputFiles {
  const files = new Map<string, { readonly temporary: string; readonly fd: number }>();
  const folders: string[] = [];
  const discard = (): void => {
    process.off('exit', discard);
    for (const { temporary, fd } of files.values()) {
      quietly(() => fs.closeSync(fd));
      quietly(() => fs.rmSync(temporary, { force: true }));
    }
    files.clear();
    // Only if empty; folders that were there before stay.
    for (const folder of folders.splice(0).reverse()) quietly(() => fs.rmdirSync(folder));
  };
  process.once('exit', discard);
  return {
    open(path) {
      const temporary = `${path}.${process.pid}.partial`;
      const fd = attempt(path, () => {
        const made = fs.mkdirSync(dirname(path), { recursive: true });
        if (made !== undefined) folders.push(...between(made, dirname(path)));
        return fs.openSync(temporary, 'w');
      });
      files.set(path, { temporary, fd });
      return {
        write: (bytes) =>
          attempt(path, () => {
            // A nearly full disk takes a part of the bytes before it refuses the rest.
            for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
          }),
        // Closed by `commit` and `discard`.
        close: () => {},
      };
    },
    commit() {
      for (const [path, { temporary, fd }] of files) {
        attempt(path, () => {
          fs.closeSync(fd);
          fs.renameSync(temporary, path);
        });
        files.delete(path);
      }
      folders.length = 0;
      process.off('exit', discard);
    },
    discard,
  };
}

/** Refuses a path that is taken, or that is a folder. */
export function refuseTaken(path: string, force: boolean): void {
  const stat = attempt(path, () => fs.statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    throw new LithosError('E_OUT_EXISTS', `${path} is a folder`, 'name a file with --out');
  }
  if (!force) {
    throw new LithosError(
      'E_OUT_EXISTS',
      `${path} exists`,
      'give another name with --out, or --force to replace it',
    );
  }
}

/** Folders from `outer` down to `inner`, both included. */
function between(outer: string, inner: string): readonly string[] {
  return outer === inner || inner.length <= outer.length
    ? [outer]
    : [...between(outer, dirname(inner)), inner];
}

/** Runs a file operation and tells its failure in words. */
function attempt<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
      throw new LithosError(
        'E_OUT_DISK',
        `no space left while writing ${path} (${code})`,
        'free some space or write elsewhere with --out; --from and --to export a part of the run',
        1,
      );
    }
    throw new LithosError(
      'E_OUT_DENIED',
      `${path} cannot be written (${code})`,
      'check the folder and its permissions, or write elsewhere with --out',
    );
  }
}

function quietly(operation: () => void): void {
  try {
    operation();
  } catch {
    // Nothing more can be done about it.
  }
}
