import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRun } from '@lithos/experiments';
import { folderFiles } from '@lithos/experiments/node';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder, writeScenario } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

async function appears(path: string): Promise<void> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').includes('"running"')) await sleep(20);
}

describe.concurrent('Ctrl-C', () => {
  it.each([1, 2])('prints what is done and marks the records, with %i jobs', async (jobs) => {
    const out = join(FOLDER, `out-${jobs}`);
    const run = join(out, 'mps-seed7');
    const flags = ['--policies', 'mps', '--duration', '1h', '--record', 'requests', '--json'];
    const args = ['compare', writeScenario(FOLDER), '--out', out, '--jobs', `${jobs}`, ...flags];
    const { code, stdout, stderr } = await lithos(args, {
      onStart: async (child) => {
        await appears(join(run, 'manifest.json'));
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: ');
    expect(JSON.parse(stdout).runs).toMatchObject([{ policy: 'mps', exit: 'interrupted' }]);
    const { manifest, incomplete } = await readRun(folderFiles(run), run);
    expect(manifest.exit).toBe('interrupted');
    expect(incomplete).toBe('the run was interrupted');
  });
});
