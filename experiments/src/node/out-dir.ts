import fs from 'node:fs';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';

/**
 * Makes sure that `folder` exists and may be written into. A folder with something in it is refused
 * unless `force`; even then nothing is deleted but the files that a new record replaces.
 */
export function prepareOutDir(folder: string, force: boolean): void {
  const entries = list(folder);
  if (entries === undefined) {
    create(() => fs.mkdirSync(folder, { recursive: true }), folder);
  } else if (entries.length > 0 && !force) {
    throw new LithosError(
      'E_OUT_EXISTS',
      `${folder} exists and is not empty`,
      'give another folder with --out, or --force to write into this one',
    );
  }
}

/** Makes the next free folder `ROOT/NAME-1`, `ROOT/NAME-2`, … and returns its path. */
export function nextOutDir(root: string, name: string): string {
  create(() => fs.mkdirSync(root, { recursive: true }), root);
  for (let n = 1 + highest(root, name); ; n++) {
    const folder = join(root, `${name}-${n}`);
    try {
      fs.mkdirSync(folder);
      return folder;
    } catch (error) {
      // Another run may have taken the number in the meantime.
      if (errorCode(error) !== 'EEXIST') throw denied(folder, error);
    }
  }
}

/** The highest number that is taken. */
function highest(root: string, name: string): number {
  return fs.readdirSync(root).reduce((max, entry) => {
    const number = entry.startsWith(`${name}-`) ? entry.slice(name.length + 1) : '';
    return /^\d{1,9}$/.test(number) ? Math.max(max, Number(number)) : max;
  }, 0);
}

/** The folder's entries; `undefined` if there is no such folder. */
function list(folder: string): readonly string[] | undefined {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') {
      throw new LithosError(
        'E_OUT_EXISTS',
        `${folder} is a file`,
        'give the name of a folder with --out',
      );
    }
    throw denied(folder, error);
  }
}

function create(operation: () => void, folder: string): void {
  try {
    operation();
  } catch (error) {
    throw denied(folder, error);
  }
}

function denied(folder: string, error: unknown): LithosError {
  return new LithosError(
    'E_OUT_DENIED',
    `${folder} cannot be created or read (${errorCode(error)})`,
    'check its permissions, or give another folder with --out',
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
