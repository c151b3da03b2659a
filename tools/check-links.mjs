/** Checks that relative links in the repository's Markdown lead to a file. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)/g;

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: ROOT, encoding: 'utf8' },
);
let broken = 0;
for (const file of files.split('\n').filter((line) => line !== '')) {
  if (!existsSync(join(ROOT, file))) continue;
  for (const [, target] of readFileSync(join(ROOT, file), 'utf8').matchAll(LINK)) {
    if (existsSync(join(ROOT, dirname(file), target))) continue;
    broken += 1;
    console.error(`${file}: nothing at ${target}`);
  }
}
process.exitCode = broken > 0 ? 1 : 0;
