import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The built entry of a child process, named from the package's root of sources, such as
 * `device/placement-child.js`: also when this file itself runs from its source under a test.
 */
export function builtFile(path: string): string {
  const beside = fileURLToPath(new URL(`../${path}`, import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}
