import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompareResult, readRun, readRunTable } from '@lithos/experiments';
import { openFolder } from '@lithos/experiments/node';
import { buildStandIn } from '@lithos/hw-a100';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, REPOSITORY, temporaryFolder } from '../testing.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const PAIR = join(REPOSITORY, 'experiments/scenarios/hardware/resnet-vgg-split.yaml');

/** Instances as the stand-in takes them: slices of the GPU instance, own ones of those, SMs, MiB. */
const FOUR = '4:4:64:71168';
const THREE = '3:3:60:71168';
const ONE = '1:1:16:17664';

function compare(
  mig: string | undefined,
  args: readonly string[],
  name = 'NVIDIA H200',
  more: Readonly<Record<string, string>> = {},
  scenario = PAIR,
) {
  return lithos(
    [
      'compare',
      scenario,
      '--backend',
      'hw',
      '--alone',
      '300ms',
      '--duration',
      '300ms',
      '--json',
      ...args,
    ],
    {
      cwd: FOLDER,
      env: {
        LITHOS_LIBCUDA: standIn?.cuda ?? '',
        LITHOS_LIBNVML: standIn?.nvml ?? '',
        LITHOS_STANDIN_NAME: name,
        LITHOS_CALIBRATIONS: join(FOLDER, 'none'),
        ...(mig !== undefined && { LITHOS_STANDIN_MIG: mig }),
        ...more,
      },
    },
  );
}

const ALONE = ['--policies', 'mig', '--record', 'none'];

describe.skipIf(standIn === undefined)('mig on a GPU', () => {
  it('gives each tenant the instance that the simulator would', async () => {
    const out = join(FOLDER, 'out');
    const { code, stdout, stderr } = await compare(`${ONE},${THREE},${FOUR}`, [
      ...['--policies', 'mig', '--out', out],
    ]);
    expect(stderr).not.toContain('error');
    expect(stderr).toContain('is taken from the simulator');
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as CompareResult;
    expect(runs[0]?.launches).toBeGreaterThan(0);
    expect(runs[0]?.tenants.every((t) => t.refused === undefined)).toBe(true);
    // The board's, which a part of it does not tell.
    expect(runs[0]?.device.energy_j).toBeGreaterThan(0);
    expect(runs[0]?.device.tpc_utilization_pct).toBeGreaterThan(0);

    const run = join(out, 'mig-seed1');
    const { manifest } = await readRun(openFolder(run), run);
    const uuid = (i: number) => `MIG-00000000-0000-0000-0000-00000000000${i}`;
    expect(manifest.processes).toMatchObject([
      { tenant: 'service', instance: uuid(2) },
      { tenant: 'train', instance: uuid(1) },
    ]);
    const atoms = await readRunTable(openFolder(run), run, 'atoms');
    const tenants = atoms?.texts('tenant') ?? [];
    const sizes = new Set(tenants.map((name, i) => `${name} ${atoms?.numbers('tpc_count')[i]}`));
    expect(sizes).toEqual(new Set(['service 32', 'train 30']));
    // Nobody else's: the service has TPCs 0 to 31, the loop 32 to 61.
    const first = new Set(tenants.map((name, i) => `${name} ${atoms?.numbers('tpcs_0')[i]}`));
    expect(first).toEqual(new Set(['service -1', 'train 0']));
  }, 120_000);

  it.each([
    ['MIG is off', undefined, ["'mig' needs MIG instances, and MIG is off on GPU 0", '-mig 1']],
    ['there are no instances', '', ['has no instances', '-cgi 4g.71gb,3g.71gb -C']],
    [
      'there are fewer than tenants',
      FOUR,
      ['has 4g.71gb with 64 SMs: 2 tenants need one each', '-cgi 4g.71gb,3g.71gb -C'],
    ],
    [
      'none is of the size',
      `${FOUR},${ONE}`,
      ["has 4g.71gb with 64 SMs, 1g.18gb with 16 SMs: tenant 'train' needs a 3g.71gb"],
    ],
    [
      'some are only parts of an instance',
      `${FOUR},3:1:16:71168,3:2:44:71168`,
      ['1c.3g.71gb with 16 SMs, 2c.3g.71gb with 44 SMs: 2 tenants need one each'],
    ],
    [
      'an instance has too little memory',
      `${FOUR},3:3:60:2048`,
      ["tenant 'train' needs 4.3 GB of memory, and its 3g.2gb has 2.1 GB"],
    ],
  ] as const)('is refused before anything runs where %s', async (_, mig, texts) => {
    const { code, stderr } = await compare(mig, ALONE);
    for (const text of texts) expect(stderr).toContain(text);
    expect(code).toBe(2);
  });

  it('says what NVML does not give, and leaves it out', async () => {
    const more = { LITHOS_STANDIN_NVML_FAULT: 'nvmlDeviceGetTotalEnergyConsumption:0:3' };
    const args = [...ALONE, '--duration', '50ms'];
    const ended = await compare(`${THREE},${FOUR}`, args, 'NVIDIA H200', more);
    expect(ended.stderr.match(/warning: .*energy/g)).toHaveLength(1);
    const { runs } = JSON.parse(ended.stdout) as CompareResult;
    expect(runs[0]?.device.energy_j).toBeUndefined();
  }, 60_000);

  it.each([
    ['flags that it has no use for', ['--start-mps'], "policy 'mig' has no use for --start-mps"],
    ['a GPU that is not there', ['--gpu', '7'], 'there is no GPU 7'],
  ])('is refused with %s', async (_, args, text) => {
    const { code, stderr } = await compare(`${THREE},${FOUR}`, [...ALONE, ...args]);
    expect(stderr).toContain(text);
    expect(code).toBeGreaterThan(0);
  });

  it('is refused beside policies that need the whole GPU', async () => {
    const args = ['--policies', 'lithos,mig', '--record', 'none'];
    const { code, stderr } = await compare(`${FOUR},${THREE}`, args);
    expect(stderr).toContain('lithos need the whole GPU, and MIG has divided it');
    expect(code).toBe(2);
  });

  it('needs the times of own kernels, and says so before anything runs', async () => {
    const path = join(FOLDER, 'own.yaml');
    copyFileSync(
      join(REPOSITORY, 'packages/hw-a100/kernels/ptx/shapes.ptx'),
      join(FOLDER, 'mine.ptx'),
    );
    const text = (time: string): string => `device: h200
duration: 300ms
tenants:
  - { name: service, class: hp, quota: 75%, workload: { profile: resnet50-b8 }, arrivals: { closed: 1 } }
  - name: mine
    class: be
    workload:
      ptx: mine.ptx
      launches:
        - { kernel: fill_1d, grid: 64, block: 256, args: [{ buffer: 1MiB }, { u32: 64 }]${time} }
    arrivals: { closed: 1 }
policies: [mig]
`;
    writeFileSync(path, text(''));
    const untimed = await compare(`${FOUR},${THREE}`, ALONE, undefined, {}, path);
    expect(untimed.stderr).toContain(
      "what tenant 'mine' does alone is taken from the simulator, which cannot tell how long its kernel 'fill_1d' takes",
    );
    expect(untimed.stderr).toContain('state time: for each of its launches');
    expect(untimed.stderr).not.toContain('nobody can have the whole GPU');
    expect(untimed.code).toBe(2);
    writeFileSync(path, text(', time: 20us'));
    const timed = await compare(`${FOUR},${THREE}`, ALONE, undefined, {}, path);
    expect(timed.stderr).not.toContain('error');
    expect(timed.code).toBe(0);
  }, 120_000);

  it('is refused for another GPU than that of the scenario', async () => {
    const { code, stderr } = await compare(`${FOUR},${THREE}`, ALONE, 'NVIDIA H100 80GB HBM3');
    expect(stderr).toContain('for h200 (NVIDIA H200), and GPU 0 is NVIDIA H100 80GB HBM3');
    expect(code).toBe(2);
  });
});
