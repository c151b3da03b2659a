import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lithos, type Surroundings, temporaryFolder, writeScenario } from './testing.ts';

const FOLDER = temporaryFolder();
const RUN = join(FOLDER, 'runs', 'lithos-seed7');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

async function recordRun(out: string, duration: string): Promise<void> {
  const args = ['run', writeScenario(FOLDER), '--policy', 'lithos', '--duration', duration];
  const { code, stderr } = await lithos([...args, '--out', out]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

beforeAll(() => recordRun(join(FOLDER, 'runs'), '100ms'));

function exportRun(args: readonly string[], around: Surroundings = {}) {
  return lithos(['export', RUN, ...args], { cwd: FOLDER, ...around });
}

describe('lithos export', () => {
  it('writes a trace beside the run and prints its path', async () => {
    const { code, stdout, stderr } = await exportRun(['--format', 'perfetto']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${RUN}.pftrace\n`, stderr: '' });
    // A packet of the first field of `Trace`.
    expect(readFileSync(`${RUN}.pftrace`)[0]).toBe(0x0a);
    const again = await exportRun(['--format', 'perfetto']);
    expect(again).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--force'),
    });
    expect(await exportRun(['--format', 'perfetto', '--force'])).toMatchObject({ code: 0 });
  });

  it('writes what is named, and says so in JSON', async () => {
    const out = join(FOLDER, 'some', 'atoms.csv');
    const cut = ['--from', '20ms', '--to', '0.03s'];
    const args = ['--format', 'csv', '--table', 'atoms', '--out', out, '--json', ...cut];
    const { code, stdout } = await exportRun(args);
    const lines = readFileSync(out, 'utf8').split('\r\n').slice(1, -1);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'lithos/export@1',
      run: RUN,
      format: 'csv',
      files: [{ path: out, bytes: readFileSync(out).length, rows: lines.length }],
    });
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const [start = 0, end = 0] = line.split(',').map(Number);
      expect(start <= 30e6 && end >= 20e6).toBe(true);
    }
  });

  it.each([
    [[], '--format'],
    [['--format', 'json'], "'json' is invalid"],
    [['--format', 'csv', '--table', 'launches'], "'launches' is invalid"],
    [['--format', 'csv', '--from', '3'], "--from: '3' has no unit"],
    [['--format', 'csv', '--from', '3s', '--to', '2s'], '--from is after --to'],
    [['--format', 'perfetto', '--table', 'atoms'], '--table is for --format csv'],
  ])('refuses %j', async (args, problem) => {
    const { code, stdout, stderr } = await exportRun(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
  });

  it('refuses a folder that is no run', async () => {
    const none = join(FOLDER, 'none');
    mkdirSync(none);
    writeFileSync(join(none, 'notes.txt'), 'mine');
    const { code, stderr } = await lithos(['export', none, '--format', 'perfetto']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no run record here'),
    });
    expect(existsSync(`${none}.pftrace`)).toBe(false);
  });

  it('removes what was written on Ctrl-C', async () => {
    const runs = join(FOLDER, 'long');
    await recordRun(runs, '4s');
    const parent = join(FOLDER, 'interrupted');
    mkdirSync(parent);
    const args = ['export', runs, '--format', 'perfetto', '--out', join(parent, 'x.pftrace')];
    let begun: readonly string[] = [];
    const { code, stdout, stderr } = await lithos(args, {
      onStart: async (child) => {
        while (readdirSync(parent).length === 0) await sleep(5);
        begun = readdirSync(parent);
        child.kill('SIGINT');
      },
    });
    expect(begun).toEqual([expect.stringMatching(/^x\.pftrace\.\d+\.partial$/)]);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('interrupted: ');
    expect(readdirSync(parent)).toEqual([]);
  });
});
