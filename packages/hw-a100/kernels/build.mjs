// Makes kernels/ptx/*.ptx from kernels/*.cu with nvcc (CUDA 13.0): `node packages/hw-a100/kernels/build.mjs`.
// With `--check` it only compares, and exits 3 where a file is stale. Comments are dropped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ARCHITECTURES = {
  shapes: 'sm_80',
  reductions: 'sm_80',
  calls: 'sm_80',
  whole: 'sm_80',
  'look-alike': 'sm_80',
  hopper: 'sm_90',
};

const here = fileURLToPath(new URL('.', import.meta.url));
const nvcc = process.env.NVCC ?? 'nvcc';
const check = process.argv.includes('--check');
const work = mkdtempSync(join(tmpdir(), 'lithos-ptx-'));
let stale = 0;
try {
  for (const [name, architecture] of Object.entries(ARCHITECTURES)) {
    const made = join(work, `${name}.ptx`);
    execFileSync(nvcc, ['-ptx', `-arch=${architecture}`, join(here, `${name}.cu`), '-o', made]);
    const lines = readFileSync(made, 'utf8').split('\n');
    const kept = lines.filter((line) => !/^\s*(\/\/.*)?$/.test(line));
    const text = `// Made from ${name}.cu by build.mjs.\n${kept.join('\n')}\n`;
    const target = join(here, 'ptx', `${name}.ptx`);
    if (!check) writeFileSync(target, text);
    else if (readFileSync(target, 'utf8') !== text) {
      stale++;
      process.stderr.write(`${name}.ptx is stale: run node packages/hw-a100/kernels/build.mjs\n`);
    }
  }
} finally {
  rmSync(work, { recursive: true });
}
process.exitCode = stale > 0 ? 3 : 0;
