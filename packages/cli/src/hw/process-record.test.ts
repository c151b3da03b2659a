import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRun, readRunTable, type TableName } from '@lithos/experiments';
import { openFolder } from '@lithos/experiments/node';
import { buildStandIn } from '@lithos/hw-a100';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, REPOSITORY, temporaryFolder } from '../testing.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const PAIR = join(REPOSITORY, 'experiments/scenarios/hardware/resnet-vgg-split.yaml');
const ENV = {
  LITHOS_LIBCUDA: standIn?.cuda ?? '',
  LITHOS_LIBNVML: standIn?.nvml ?? '',
  LITHOS_STANDIN_NAME: 'NVIDIA H200',
  LITHOS_CALIBRATIONS: join(FOLDER, 'none'),
};

/** Of an export: an atom is a slice on each of 66 TPCs. */
const WINDOW = ['--from', '200ms', '--to', '250ms'];

/** A comparison under time slicing: a process for each of the two tenants. */
async function compare(name: string, duration: string, around?: Parameters<typeof lithos>[1]) {
  const out = join(FOLDER, name);
  const args = [
    '--backend',
    'hw',
    '--alone',
    '300ms',
    '--policies',
    'time-slicing',
    '--duration',
    duration,
  ];
  const ended = await lithos(['compare', PAIR, ...args, '--out', out, '--json'], {
    cwd: FOLDER,
    env: ENV,
    ...around,
  });
  return { ...ended, run: join(out, 'time-slicing-seed1') };
}

async function table(run: string, name: TableName) {
  const read = await readRunTable(openFolder(run), run, name);
  if (read === undefined) throw new Error(`there is no table of ${name}`);
  return read;
}

const isAscending = (values: ArrayLike<number>): boolean =>
  Array.from(values).every((value, i) => i === 0 || value >= (values[i - 1] as number));

/** Tenants' processes of a command. */
function tenantProcesses(pid: number | undefined): readonly number[] {
  const found = spawnSync('pgrep', ['-P', `${pid}`, '-f', 'tenant-process'], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean).map(Number);
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(50);
}

describe.skipIf(standIn === undefined)('the record of a run with one process per tenant', () => {
  it('is one, of all tenants, in the order of one clock, and other tools take it', async () => {
    const { code, stdout, run } = await compare('whole', '500ms');
    expect(code).toBe(0);
    const { manifest, summary, incomplete } = await readRun(openFolder(run), run);
    expect(incomplete).toBeUndefined();
    expect(manifest).toMatchObject({ backend: 'hw', policy: 'time-slicing', record: 'all' });
    const { processes = [], counts } = manifest;
    expect(processes.map((p) => p.tenant)).toEqual(['service', 'train']);
    expect(Math.min(...processes.map((p) => p.began_ns))).toBe(0);
    expect(processes.every((p) => p.clock_error_ns > 0)).toBe(true);

    const [result] = JSON.parse(stdout).runs;
    expect(result.run_dir).toBe(run);
    expect(summary?.launches).toBe(result.launches);
    const used = summary?.device.tpc_utilization_pct ?? 0;
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThanOrEqual(100);

    const atoms = await table(run, 'atoms');
    expect(atoms.rows).toBe(counts?.atoms);
    // The order itself is a law of the merge: the stand-in's device is a thread, and may be late.
    const names = atoms.texts('tenant');
    for (const [one, other] of [['service', 'train'] as const, ['train', 'service'] as const]) {
      expect(names.indexOf(one)).toBeGreaterThanOrEqual(0);
      expect(names.indexOf(one)).toBeLessThan(names.lastIndexOf(other));
    }
    expect(new Set(atoms.numbers('tpc_count'))).toEqual(new Set([66]));
    const launchOf = (i: number) => atoms.numbers('launch')[i] as number;
    const tenantOf = new Map(names.map((name, i) => [launchOf(i), name]));
    expect(tenantOf.size).toBe(atoms.rows);

    const requests = await table(run, 'requests');
    expect(requests.rows).toBe(counts?.requests);
    const unfinished = await table(run, 'unfinished');
    const arrived = summary?.tenants.reduce((sum, t) => sum + t.requests, 0) ?? 0;
    expect(requests.rows + unfinished.rows).toBeGreaterThanOrEqual(arrived);
    const counters = await table(run, 'counters');
    expect(isAscending(counters.numbers('time_ns'))).toBe(true);
    expect(Math.max(...counters.numbers('tpcs_held_service'))).toBe(66);

    for (const format of ['csv', 'perfetto']) {
      const to = join(FOLDER, `exported-${format}`);
      const exported = await lithos(['export', run, '--format', format, '--out', to, ...WINDOW]);
      expect([format, exported.code]).toEqual([format, 0]);
      expect(existsSync(to)).toBe(true);
    }
  }, 120_000);

  it.each([
    ['a tenant is killed', 'failed', 1],
    ['Ctrl-C', 'interrupted', 130],
  ] as const)(
    'says so after %s',
    async (what, exit, expected) => {
      const { code, run } = await compare(exit, '60s', {
        onStart: async (child) => {
          const counters = join(FOLDER, exit, 'time-slicing-seed1', 'counters.parquet');
          await until(() => existsSync(counters) && tenantProcesses(child.pid).length === 2);
          if (what === 'Ctrl-C') child.kill('SIGINT');
          else process.kill(tenantProcesses(child.pid)[1] as number, 'SIGKILL');
        },
      });
      expect(code).toBe(expected);
      const { manifest, summary } = await readRun(openFolder(run), run);
      expect(manifest.exit).toBe(exit);
      expect(summary === undefined).toBe(exit === 'failed');
      if (exit === 'failed') expect(manifest.reason).toContain("tenant 'train': its process ended");
      expect((await table(run, 'atoms')).rows).toBe(manifest.counts?.atoms);
      expect((await table(run, 'counters')).rows).toBe(manifest.counts?.counter_samples);
    },
    120_000,
  );
});
