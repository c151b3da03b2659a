import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { profilesFolder } from '@lithos/traces/node';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const SHIPPED = join(profilesFolder, 'dlrm-b128.json');
const profile = (): Record<string, unknown> => JSON.parse(readFileSync(SHIPPED, 'utf8'));
const written = (name: string, value: object): string => {
  const file = join(FOLDER, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
};
const power = (file: string) => lithos(['validate', 'power', '--measurements', file, '--json']);

describe('lithos validate', () => {
  it('prints kernels as one object', async () => {
    const { code, stdout } = await lithos(['validate', 'kernels', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'lithos/validate@1',
      what: 'kernels',
      device: 'h200',
      median_abs_error_pct: expect.any(Number),
      p90_abs_error_pct: expect.any(Number),
      weighted_abs_error_pct: expect.any(Number),
      interpolation_weighted_abs_error_pct: expect.any(Number),
      worst_workload: { id: expect.any(String), weighted_abs_error_pct: expect.any(Number) },
    });
  });

  it('prints power as one object, and as a table that says what was fitted on what', async () => {
    const json = await lithos(['validate', 'power', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ what: 'power', fit: 'family-left-out' });
    const text = await lithos(['validate', 'power']);
    expect(text.code).toBe(0);
    expect(text.stdout.replaceAll('\n', ' ')).toContain('fitted without its model family');
    expect(text.stdout.split('\n')[1]).toMatch(/^bert-large-s384-b1 +397\.3 W +\d+\.\d W +[+-]/);
  });

  it('refuses another device and a file that is not there', async () => {
    const device = await lithos(['validate', 'kernels', '--device', 'a100-40gb']);
    expect(device).toMatchObject({ code: 2, stdout: '' });
    expect(device.stderr).toContain("no measurements of a device 'a100-40gb'");
    const file = await lithos(['validate', 'kernels', '--measurements', 'none.json']);
    expect(file.code).toBe(2);
    expect(file.stderr).toContain('cannot read none.json');
  });
});

describe('lithos validate kernels --measurements', () => {
  const kernel = { name: 'void softmax', grid: [256, 1, 1], block: [128, 1, 1] };
  const workload = {
    name: 'mine-b1',
    model: 'mine',
    kernels: [{ ...kernel, registers_per_thread: 32, shared_memory_bytes: 0 }],
    sequence: [0, 0],
    duration_us: { 1: [90, 120], 8: [13, 17], 66: [3, 4] },
  };

  it("reads a file of one's own in place of the profiles", async () => {
    const file = written('kernels.json', { schema: 'kernel-traces/1', workloads: [workload] });
    const args = ['validate', 'kernels', '--measurements', file, '--json'];
    const { code, stdout } = await lithos(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      what: 'kernels',
      cases: [
        { id: 'mine-b1@8', quantity: 'interpolation', measured: 30_000 },
        { id: 'mine-b1@8', quantity: 'two_samples', measured: 30_000 },
      ],
    });
  });
});

describe('lithos validate power --measurements', () => {
  it('reads a profile in place of those that ship, and predicts it as they are', async () => {
    const shipped = JSON.parse((await lithos(['validate', 'power', '--json'])).stdout);
    const own = shipped.cases.find((c: { readonly id: string }) => c.id === 'dlrm-b128');
    const { code, stdout } = await power(SHIPPED);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'lithos/validate@1',
      what: 'power',
      device: 'h200',
      cases: [own],
      max_abs_error_pct: Math.abs(own.error_pct),
    });
  });

  it('compares with what the file says was measured', async () => {
    const file = written('twice.json', { ...profile(), meanPowerW: 2 * 182.1 });
    const [twice] = JSON.parse((await power(file)).stdout).cases;
    const [once] = JSON.parse((await power(SHIPPED)).stdout).cases;
    expect(twice).toMatchObject({ measured: 364.2, predicted: once.predicted });
  });

  it('reads a folder, gzipped files too, and nothing else in it', async () => {
    const folder = join(FOLDER, 'mine');
    mkdirSync(folder);
    copyFileSync(SHIPPED, join(folder, 'b.json'));
    const other = JSON.stringify({ ...profile(), id: 'mine', model: 'of-my-own' });
    writeFileSync(join(folder, 'a.json.gz'), gzipSync(other));
    writeFileSync(join(folder, 'README.md'), 'notes');
    const { code, stdout } = await power(folder);
    expect(code).toBe(0);
    const ids = JSON.parse(stdout).cases.map((c: { readonly id: string }) => c.id);
    expect(ids).toEqual(['mine', 'dlrm-b128']);
  });

  it.each([
    ['a file that is not there', () => join(FOLDER, 'none.json'), 'cannot read'],
    ['what is no profile', () => written('no.json', { runs: [] }), 'schema is undefined'],
    [
      'another device',
      () => written('a100.json', { ...profile(), measured: { ...MEASURED, device: 'a100-40gb' } }),
      "measured.device is 'a100-40gb', expected 'h200'",
    ],
    [
      'a profile without times on the whole device',
      () => written('part.json', withoutLastCount()),
      'tpcCounts end at 54, expected 66',
    ],
    [
      'no power',
      () => written('none-w.json', { ...profile(), meanPowerW: 0 }),
      'meanPowerW must be a positive number',
    ],
    ['an empty folder', () => emptyFolder(), 'there is no .json or .json.gz file'],
    ['one id twice', () => twice(), "b.json: id is 'dlrm-b128', as in"],
  ])('refuses %s', async (_, file, message) => {
    const { code, stdout, stderr } = await power(file());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

const MEASURED = { smClockMhz: 1980, driver: '1' };

function withoutLastCount(): object {
  const own = profile() as { tpcCounts: number[]; durationNs: number[][] };
  return { ...own, tpcCounts: own.tpcCounts.slice(0, -1), durationNs: own.durationNs.slice(0, -1) };
}

function emptyFolder(): string {
  const folder = join(FOLDER, 'empty');
  mkdirSync(folder);
  return folder;
}

function twice(): string {
  const folder = join(FOLDER, 'same');
  mkdirSync(folder);
  for (const name of ['a.json', 'b.json']) copyFileSync(SHIPPED, join(folder, name));
  return folder;
}
