import { LithosError } from '@lithos/core';
import { type ByteSource, bytesSource } from '@lithos/experiments';
import { memoryFolder, type RunFolder } from './run-data.ts';

/** Where a run record comes from. */
export type RunSource =
  /** Files that were dropped or chosen, by their names within the run's folder. */
  | { readonly kind: 'files'; readonly name: string; readonly files: ReadonlyMap<string, Blob> }
  /** A folder behind a web server. */
  | {
      readonly kind: 'url';
      readonly name: string;
      /** As it was given: what a link keeps. */
      readonly address: string;
      /** Absolute: a worker's own address is another than the page's. */
      readonly url: string;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      readonly files: ReadonlyMap<string, Uint8Array>;
    };

/** Most bytes that are fetched into memory. */
const MAX_FETCH = 1.5 * 2 ** 30;
/** What is read of a dropped file at a time. */
const BLOCK = 8 * 2 ** 20;

export function folderOf(source: RunSource): RunFolder {
  switch (source.kind) {
    case 'memory':
      return memoryFolder(source.name, source.files);
    case 'files':
      return blobFolder(source.name, source.files);
    case 'url':
      return urlFolder(source.name, source.url);
  }
}

function blobFolder(name: string, files: ReadonlyMap<string, Blob>): RunFolder {
  return {
    name,
    readFile: async (path) => {
      const blob = files.get(path);
      if (blob === undefined) return undefined;
      // Small files only: manifest and summary.
      if (blob.size > BLOCK * 8) {
        throw new LithosError(
          'E_RECORD_FOREIGN',
          `${name}/${path}: ${Math.round(blob.size / 1e6)} MB are no ${path} of a run`,
          'give a folder that `lithos run` or `lithos compare` wrote',
        );
      }
      return new Uint8Array(await blob.arrayBuffer());
    },
    open: (path) => {
      const blob = files.get(path);
      return Promise.resolve(blob && blobSource(blob, `${name}/${path}`));
    },
  };
}

/** Reads a file in blocks, of which the last one is kept: reads go forward. */
function blobSource(blob: Blob, where: string): ByteSource {
  let block = new Uint8Array(0);
  let blockStart = 0;
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    try {
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    } catch (error) {
      throw new LithosError(
        'E_RECORD_READ',
        `${where}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
        'check that the file is still there, and drop the folder again',
      );
    }
  };
  return {
    byteLength: blob.size,
    slice: async (start, end) => {
      if (end - start > BLOCK) return read(start, end);
      if (start < blockStart || end > blockStart + block.length) {
        blockStart = start;
        block = await read(start, Math.min(blob.size, start + BLOCK));
      }
      return block.subarray(start - blockStart, end - blockStart);
    },
  };
}

function urlFolder(name: string, url: string): RunFolder {
  const base = url.endsWith('/') ? url : `${url}/`;
  const readFile = async (path: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const address = base + path;
    let response: Response;
    try {
      response = await fetch(address);
    } catch (error) {
      throw new LithosError(
        'E_VIEW_FETCH',
        `${address} cannot be fetched (${error instanceof Error ? error.message : String(error)})`,
        'check that the server runs and, on another origin, that it allows this page (CORS)',
      );
    }
    if (response.status === 404) return undefined;
    if (!response.ok) {
      throw new LithosError(
        'E_VIEW_FETCH',
        `${address}: the server answers ${response.status} ${response.statusText}`,
        'check the address',
      );
    }
    const size = Number(response.headers.get('content-length') ?? 0);
    if (size > MAX_FETCH) {
      void response.body?.cancel();
      throw new LithosError(
        'E_VIEW_SIZE',
        `${address}: ${Math.round(size / 1e6)} MB are more than a page can hold`,
        'record a shorter run with `--duration`, or leave atoms out with `--record requests`',
      );
    }
    return new Uint8Array(await response.arrayBuffer());
  };
  return {
    name,
    readFile,
    open: async (path) => {
      const bytes = await readFile(path);
      return bytes === undefined ? undefined : bytesSource(bytes);
    },
  };
}
