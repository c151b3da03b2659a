import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KernelProfile, LithosError, nearest } from '@lithos/core';
import { parseProfile } from '../profiles.ts';

/** The folder of the profiles that ship. It has the same place seen from `src` and from `dist`. */
export const profilesFolder: string = fileURLToPath(new URL('../../profiles/', import.meta.url));

/** Ids of the profiles in a folder, sorted. */
export function listProfiles(folder: string = profilesFolder): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Loads a profile by id. An unknown id is a `LithosError` `E_PROFILE_UNKNOWN` that names the nearest. */
export function loadProfile(id: string, folder: string = profilesFolder): KernelProfile {
  const known = listProfiles(folder);
  if (!known.includes(id)) {
    const near = nearest(id, known);
    throw new LithosError(
      'E_PROFILE_UNKNOWN',
      `unknown profile '${id}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
      'see `lithos profile list`',
    );
  }
  const path = join(folder, `${id}.json`);
  const profile = parseProfile(readFileSync(path, 'utf8'), path);
  if (profile.id !== id) {
    throw new LithosError('E_PROFILE', `${path}: id is '${profile.id}', expected '${id}'`);
  }
  return profile;
}
