import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LithosError } from '@lithos/core';
import type { Scenario } from '@lithos/experiments';
import { buildStandIn } from '@lithos/hw-a100';
import { describe, expect, it } from 'vitest';
import { readScenario } from '../scenario-files.ts';
import { REPOSITORY } from '../testing.ts';
import type { TenantOrder } from './messages.ts';
import { TenantChild, type TenantLimits } from './tenant-child.ts';

const standIn = buildStandIn();
const PAIR = join(REPOSITORY, 'experiments/scenarios/hardware/resnet-vgg-split.yaml');
const GPU = {
  LITHOS_LIBCUDA: standIn?.cuda ?? '',
  LITHOS_LIBNVML: standIn?.nvml ?? '',
  // Look-alikes of an H200 ship.
  LITHOS_STANDIN_NAME: 'NVIDIA H200',
};
/** Long enough for a slow machine to start a process, and to be heard from while it runs. */
const LIMITS: TenantLimits = { startMs: 30_000, silenceMs: 30_000, endMs: 30_000 };

/** The trainer of a pair, without its service. */
function order(durationNs: number, hangNs: number): TenantOrder {
  const pair: Scenario = readScenario(PAIR, 'hw');
  const tenants = pair.tenants.filter(({ name }) => name === 'train');
  return {
    kind: 'order',
    scenario: { ...pair, durationNs, warmupNs: 0, tenants },
    seed: 1,
    solo: 1,
    lenient: false,
    record: 'none',
    settings: { ordinal: 0, granularity: 'none', hangNs },
  };
}

/** Plays a tenant to its end; what became of it. */
async function play(
  child: TenantChild,
): Promise<'complete' | { code: string; message: string; fix: string | undefined }> {
  try {
    await child.ready;
    child.tell({ kind: 'go', at: process.hrtime.bigint() });
    await child.done;
    await child.ended;
    return 'complete';
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    const { code, message, fix } = error;
    return { code, message, fix };
  } finally {
    await child.release();
  }
}

/** Tenants' processes of this one. */
const left = (): number =>
  Number(spawnSync('pgrep', ['-c', '-P', `${process.pid}`, '-f', 'tenant-process']).stdout);

describe.skipIf(standIn === undefined)("a tenant's process", () => {
  const start = (fault: string, durationNs = 60e9, hangNs = 20e9, limits = LIMITS): TenantChild =>
    new TenantChild(
      order(durationNs, hangNs),
      { ...GPU, LITHOS_STANDIN_FAULT: fault },
      undefined,
      limits,
    );

  it('plays its tenant, and ends', async () => {
    expect(await play(start('', 200e6))).toBe('complete');
    expect(left()).toBe(0);
  }, 60_000);

  it('says that a kernel of its tenant never ends, long before the run does', async () => {
    expect(await play(start('hang:100:0', 3600e9, 3e9))).toEqual({
      code: 'E_DEVICE_FAULT',
      message: "tenant 'train': the device failed: nothing has ended on the device for 3 s",
      fix: expect.stringContaining('end the process that hangs'),
    });
    expect(left()).toBe(0);
  }, 60_000);

  it('says so where the run is over before that is noticed', async () => {
    expect(await play(start('hang:100:0', 1e9))).toMatchObject({
      code: 'E_DEVICE_HANG',
      message: expect.stringMatching(/^tenant 'train': work on the device does not end: vgg19-/),
    });
    expect(left()).toBe(0);
  }, 60_000);

  it.each([
    ['starts', 'cuModuleLoadDataEx:1:-2', { ...LIMITS, startMs: 3000 }, '3 s'],
    ['runs', 'cuGraphLaunch:5:-2', { ...LIMITS, silenceMs: 3000 }, '3 s'],
    ['ends', 'cuMemFree_v2:1:-2', { ...LIMITS, endMs: 3000 }, '3 s'],
  ] as const)(
    'is killed where a call of the driver does not return while it %s',
    async (phase, fault, limits, s) => {
      expect(await play(start(fault, 1e9, 20e9, limits))).toEqual({
        code: 'E_DEVICE_HANG',
        message: `tenant 'train': its process ${phase}, and nothing was heard from it for ${s}`,
        fix: expect.stringContaining('nvidia-smi'),
      });
      expect(left()).toBe(0);
    },
    60_000,
  );

  it('is missed where somebody ends it', async () => {
    const child = start('');
    await child.ready;
    const found = spawnSync('pgrep', ['-P', `${process.pid}`, '-f', 'tenant-process']);
    setTimeout(() => process.kill(Number(`${found.stdout}`.trim()), 'SIGKILL'), 200);
    expect(await play(child)).toMatchObject({
      code: 'E_TENANT_PROCESS',
      message: "tenant 'train': its process ended with SIGKILL",
    });
  }, 60_000);

  it('tells what the driver said, though it ends right after', async () => {
    const child = start('cuGraphLaunch:5:700');
    expect(await play(child)).toMatchObject({
      code: 'E_CUDA_LOST',
      message: expect.stringContaining("tenant 'train': cuGraphLaunch failed"),
    });
    await sleep(1);
    expect(left()).toBe(0);
  }, 60_000);

  it('fails with what its listener finds wrong', async () => {
    const wrong = new LithosError('E_TEST', 'not that');
    const listener = (): void => {
      throw wrong;
    };
    const child = new TenantChild(order(1e9, 20e9), GPU, listener, LIMITS);
    expect(await play(child)).toMatchObject({ code: 'E_TEST', message: 'not that' });
    expect(left()).toBe(0);
  }, 60_000);
});
