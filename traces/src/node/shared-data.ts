import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * For tests: a file or folder of the data that is kept beside the repository, or `undefined` where
 * there is none, as on most machines; tests that need it are then skipped.
 */
export function sharedData(path: string): string | undefined {
  const full = fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url));
  return existsSync(full) ? full : undefined;
}
