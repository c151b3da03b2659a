import fs from 'node:fs';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';
import type { OpenFile, RandomAccessRunFiles } from '../record/read.ts';
import { folderFiles } from './folder-sink.ts';

/** Reads run records in a folder on disk, in parts, so that their files may be of any size. */
export function openFolder(folder: string): RandomAccessRunFiles {
  return {
    ...folderFiles(folder),
    openFile: async (path) => {
      const file = join(folder, path);
      const open = async (): Promise<OpenFile> => {
        const handle = await fs.promises.open(file);
        const { size } = await handle.stat();
        return {
          byteLength: size,
          slice: (start, end) => readAt(handle, file, start, Math.min(end, size)),
          close: () => handle.close(),
        };
      };
      try {
        return await open();
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw unreadable(file, code);
      }
    },
  };
}

async function readAt(
  handle: fs.promises.FileHandle,
  file: string,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = 0; at < bytes.length; ) {
    const read = await handle
      .read(bytes, at, bytes.length - at, start + at)
      .catch((error: unknown) => {
        throw unreadable(file, codeOf(error));
      });
    if (read.bytesRead === 0) throw unreadable(file, 'it became shorter');
    at += read.bytesRead;
  }
  return bytes;
}

function unreadable(file: string, why: string): LithosError {
  return new LithosError('E_RECORD_READ', `${file} cannot be read (${why})`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
