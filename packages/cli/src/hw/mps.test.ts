import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildStandIn } from '@lithos/hw-a100';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, REPOSITORY, temporaryFolder } from '../testing.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const PAIR = join(REPOSITORY, 'experiments/scenarios/hardware/resnet-vgg-split.yaml');

/**
 * A control program of MPS that is none: it keeps a pipe as the real one does, and notes what it is asked,
 * with the number of tenants' processes that its caller has then. `quit` fails while `stubborn` is there.
 */
const CONTROL = `#!/bin/sh
log="$LITHOS_TEST_MPS/log"
if [ "$1" = -d ]; then
  touch "$CUDA_MPS_PIPE_DIRECTORY/control"
  echo "start" >> "$log"
  exit 0
fi
read -r asked
echo "$asked, $(pgrep -c -P $PPID -f tenant-process) clients" >> "$log"
if [ -e "$LITHOS_TEST_MPS/stubborn" ]; then echo "it is busy" >&2; exit 1; fi
rm "$CUDA_MPS_PIPE_DIRECTORY/control"
`;

/** A folder with the program, and surroundings in which it is found. */
function fakeMps() {
  const folder = mkdtempSync(join(FOLDER, 'mps-'));
  const program = join(folder, 'nvidia-cuda-mps-control');
  writeFileSync(program, CONTROL);
  chmodSync(program, 0o755);
  const env = {
    LITHOS_LIBCUDA: standIn?.cuda ?? '',
    LITHOS_LIBNVML: standIn?.nvml ?? '',
    LITHOS_STANDIN_NAME: 'NVIDIA H200',
    LITHOS_CALIBRATIONS: join(folder, 'none'),
    LITHOS_TEST_MPS: folder,
    TMPDIR: folder,
    PATH: `${folder}:${process.env.PATH}`,
  };
  const log = (): string[] => {
    const file = join(folder, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith('lithos-'));
  return { folder, env, log, left };
}

const ARGS = [
  'compare',
  PAIR,
  '--backend',
  'hw',
  '--alone',
  '300ms',
  '--start-mps',
  '--policies',
  'mps',
];

/** Tenants' processes of a command. */
function clients(pid: number | undefined): number {
  const found = spawnSync('pgrep', ['-c', '-P', `${pid}`, '-f', 'tenant-process']);
  return Number(found.stdout);
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(50);
}

describe.skipIf(standIn === undefined)('a private MPS daemon', () => {
  it('is ended when all tenants have ended, also when one of them failed', async () => {
    const { folder: cwd, env, log, left } = fakeMps();
    // The loop gets that far long before the service does.
    const failing = { ...env, LITHOS_STANDIN_FAULT: 'cuGraphLaunch:300:700' };
    const { code, stderr } = await lithos([...ARGS, '--duration', '20s'], { cwd, env: failing });
    expect(stderr).toContain('cuGraphLaunch failed: CUDA_ERROR_ILLEGAL_ADDRESS (700)');
    expect(code).toBe(1);
    expect(log()).toEqual(['start', 'quit, 0 clients']);
    expect(left()).toEqual([]);
  }, 60_000);

  it('is ended where a kernel never ends, and the tenant is named', async () => {
    const { folder: cwd, env, log, left } = fakeMps();
    const hanging = { ...env, LITHOS_STANDIN_FAULT_IN_MPS: 'hang:100:0' };
    const { code, stderr } = await lithos([...ARGS, '--duration', '2s'], { cwd, env: hanging });
    expect(stderr).toMatch(/error: tenant '(service|train)': work on the device does not end/);
    expect(stderr).toContain('fix: end the process that hangs');
    expect(code).toBe(1);
    expect(log()).toEqual(['start', 'quit, 0 clients']);
    expect(left()).toEqual([]);
  }, 120_000);

  it('is ended where what is started after it fails', async () => {
    const { folder: cwd, env, log, left } = fakeMps();
    // NVML is opened for its readings, for its clocks, and then for the process that holds the clock.
    const failing = { ...env, LITHOS_STANDIN_NVML_FAULT: 'nvmlInit_v2:3:999' };
    const { code, stderr } = await lithos([...ARGS, '--allow-clocks'], { cwd, env: failing });
    expect(stderr).toContain('error: nvmlInit_v2 failed (999)');
    expect(code).toBe(1);
    expect(log()).toEqual(['start', 'quit, 0 clients']);
    expect(left()).toEqual([]);
  }, 60_000);

  it.each([
    ['SIGKILL', 0],
    ['SIGKILL', 2],
    ['SIGHUP', 2],
  ] as const)(
    'is ended, and its folder removed, after %s beside %i tenants',
    async (signal, tenants) => {
      const { folder: cwd, env, log, left } = fakeMps();
      await lithos([...ARGS, '--duration', '60s'], {
        cwd,
        env,
        onStart: async (child) => {
          await until(() => log().includes('start'));
          await until(() => clients(child.pid) >= tenants);
          child.kill(signal);
        },
      });
      await until(() => left().length === 0);
      expect(log()).toHaveLength(2);
      expect(log()[1]).toMatch(signal === 'SIGHUP' ? /^quit, 0 clients$/ : /^quit -t 30/);
    },
    60_000,
  );

  it('says so, and is ended by force, if it does not obey', async () => {
    const { folder: cwd, env, log, left } = fakeMps();
    writeFileSync(join(cwd, 'stubborn'), '');
    const { code, stderr } = await lithos([...ARGS, '--duration', '200ms'], { cwd, env });
    expect(stderr).toContain('the MPS daemon did not end (it is busy)');
    expect(code).toBe(0);
    await until(() => log().length === 3);
    expect(log()).toEqual(['start', 'quit, 0 clients', 'quit -t 30, 0 clients']);
    expect(left()).toHaveLength(1);
  }, 60_000);
});
