import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { LithosError } from '@lithos/core';
import { RECORD_FILES } from '@lithos/experiments';

/** A run record that the viewer is given: its folder, and the name that it goes by in addresses. */
export interface ServedRun {
  readonly name: string;
  readonly folder: string;
}

/**
 * The run records that paths name: folders of runs, or folders of such, as `lithos compare` writes
 * them. A folder that is neither is refused.
 */
export function findRuns(paths: readonly string[]): readonly ServedRun[] {
  const folders = paths.flatMap((path) => runsIn(path));
  const taken = new Map<string, number>();
  return folders.map((folder) => {
    const name = basename(folder);
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    return { name: before === 0 ? name : `${name}-${before + 1}`, folder };
  });
}

function runsIn(path: string): readonly string[] {
  const folder = resolve(path);
  if (!existsSync(folder)) {
    throw new LithosError('E_FILE', `there is no folder ${path}`, 'give the folder of a run');
  }
  if (!isDirectory(folder)) {
    throw new LithosError(
      'E_FILE',
      `${path} is a file`,
      'give the folder of a run: it holds manifest.json and Parquet files',
    );
  }
  if (isRun(folder)) return [folder];
  const inside = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((entry) => isDirectory(entry) && isRun(entry))
    .sort();
  if (inside.length > 0) return inside;
  throw new LithosError(
    'E_RECORD_MISSING',
    `${path}: no run record here (no ${RECORD_FILES.manifest}), nor in its folders`,
    'give a folder that `lithos run` or `lithos compare` wrote',
  );
}

/** False for a link to nothing, too. */
const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isRun = (folder: string): boolean => existsSync(join(folder, RECORD_FILES.manifest));
