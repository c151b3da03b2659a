import fs from 'node:fs';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';
import type { RunFiles } from '../record/read.ts';
import type { FileSink, SinkFile } from '../record/sink.ts';

/**
 * A folder on disk. Writes are synchronous: a run is one long computation, and an asynchronous write
 * would have to copy the buffers that the recorder reuses.
 */
export class FolderSink implements FileSink {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  open(path: string): SinkFile {
    const file = join(this.folder, path);
    const fd = attempt(file, () => fs.openSync(file, 'w'));
    return {
      write: (bytes) =>
        attempt(file, () => {
          // A nearly full disk takes a part of the bytes before it refuses the rest.
          for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
        }),
      close: () => fs.closeSync(fd),
    };
  }

  replace(path: string, text: string): void {
    const file = join(this.folder, path);
    const temporary = `${file}.tmp`;
    attempt(file, () => {
      try {
        fs.writeFileSync(temporary, text);
        fs.renameSync(temporary, file);
      } catch (error) {
        fs.rmSync(temporary, { force: true });
        throw error;
      }
    });
  }

  remove(path: string): void {
    const file = join(this.folder, path);
    attempt(file, () => fs.rmSync(file, { force: true }));
  }
}

/** Reads run records in a folder on disk. */
export function folderFiles(folder: string): RunFiles {
  return {
    async readFile(path) {
      const file = join(folder, path);
      try {
        return await fs.promises.readFile(file);
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw new LithosError('E_RECORD_READ', `${file} cannot be read (${code})`);
      }
    },
  };
}

/** Runs a file operation and tells its failure in words. */
function attempt<T>(file: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new LithosError(
        'E_RECORD_DISK',
        `no space left on the disk while writing ${file}`,
        'free some space or write elsewhere with --out; the record so far is marked incomplete',
        1,
      );
    }
    throw new LithosError(
      'E_RECORD_WRITE',
      `${file} cannot be written (${code})`,
      'check the folder and its permissions, or write elsewhere with --out',
      1,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
