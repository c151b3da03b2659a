import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompareResult } from '@lithos/experiments';
import { buildStandIn } from '@lithos/hw-a100';
import { afterAll, describe, expect, it } from 'vitest';
import { readScenario } from '../scenario-files.ts';
import { lithos, REPOSITORY, temporaryFolder } from '../testing.ts';
import type { HwPtx } from './ptx-report.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const HARDWARE = join(REPOSITORY, 'experiments/scenarios/hardware');
const EXAMPLE = join(HARDWARE, 'own-kernels.yaml');
const MODULES = join(REPOSITORY, 'packages/hw-a100/kernels/ptx');
const env = {
  LITHOS_LIBCUDA: standIn?.cuda ?? '',
  LITHOS_LIBNVML: standIn?.nvml ?? '',
  LITHOS_STANDIN_NAME: 'NVIDIA H200',
  LITHOS_CALIBRATIONS: join(FOLDER, 'none'),
};

const LAUNCH =
  '{ kernel: fill_1d, grid: 4096, block: 256, args: [{ buffer: 4MiB }, { u32: 1048576 }], time: 20us, repeat: 3 }';

/** A scenario of one tenant with kernels of its own, in a folder of its own; the module is beside it. */
function scenario(launches = LAUNCH, module: string | undefined = `${MODULES}/shapes.ptx`): string {
  const folder = mkdtempSync(join(FOLDER, 'own-'));
  mkdirSync(join(folder, 'kernels'));
  if (module !== undefined) symlinkSync(module, join(folder, 'kernels/mine.ptx'));
  const path = join(folder, 'own.yaml');
  const text = `device: h200
duration: 500ms
tenants:
  - name: mine
    class: be
    workload:
      ptx: kernels/mine.ptx
      launches: [${launches}]
    arrivals: { closed: 2 }
policies: [lithos]
`;
  writeFileSync(path, text);
  return path;
}

const run = (path: string, ...args: string[]) =>
  lithos(['run', path, '--policy', 'lithos', '--record', 'none', '--json', ...args], {
    cwd: FOLDER,
  });
const tenants = (stdout: string) => (JSON.parse(stdout) as CompareResult).runs[0]?.tenants ?? [];

describe('lithos hw ptx', () => {
  it('lists the kernels of a module, and how they may be cut', async () => {
    const { code, stdout } = await lithos(['hw', 'ptx', `${MODULES}/whole.ptx`]);
    expect(code).toBe(0);
    expect(stdout).toContain('atomic_barrier(.u64, .u64)\n  runs whole: line ');
    expect(stdout).toContain('needs a cooperative launch: refused in scenarios');
    const heat = await lithos(['hw', 'ptx', join(HARDWARE, 'kernels/heat.ptx'), '--json']);
    const result = JSON.parse(heat.stdout) as HwPtx;
    expect(result.schema).toBe('lithos/hw-ptx@1');
    expect(result.kernels.map(({ name, splitting }) => [name, splitting.kind])).toEqual([
      ['heat_step', 'splittable'],
      ['heat_sums', 'splittable'],
    ]);
    const hopper = await lithos(['hw', 'ptx', `${MODULES}/hopper.ptx`, '--json']);
    expect((JSON.parse(hopper.stdout) as HwPtx).kernels[0]?.splitting).toEqual({
      kind: 'cluster-multiple',
      cluster_blocks: 2,
    });
  });

  it.each([
    ['nowhere.ptx', 'cannot read nowhere.ptx: ENOENT'],
    ['.', 'cannot read .: it is not a file'],
    ['/dev/zero', 'cannot read /dev/zero: it is not a file'],
    [EXAMPLE, 'own-kernels.yaml: PTX, line 1, column 1'],
  ])('refuses %s', async (file, why) => {
    const { code, stderr } = await lithos(['hw', 'ptx', file], { cwd: FOLDER });
    expect(stderr).toContain(why);
    expect(code).toBe(2);
  });
});

describe('a module of 200,000 levels', () => {
  const deep = join(FOLDER, 'deep.ptx');
  writeFileSync(deep, `.entry fill_1d() ${'{'.repeat(200_000)}`);
  const why = 'PTX, line 1, column 274: more than 256 levels of blocks or operands';

  it('is refused by lithos hw ptx, and in a scenario', async () => {
    const listed = await lithos(['hw', 'ptx', deep]);
    expect(listed.stderr).toContain(`deep.ptx: ${why}`);
    expect(listed.stderr).toContain('take levels out');
    expect(listed.code).toBe(2);
    const ran = await run(scenario(LAUNCH, deep));
    expect(ran.stderr).toContain(`kernels/mine.ptx: ${why}`);
    expect(ran.stderr).toContain('own.yaml:7:12: tenants[0].workload.ptx: ');
    expect(ran.code).toBe(2);
  });
});

describe('own kernels on the simulator', () => {
  it('runs the example that ships, after saying how its kernels run', async () => {
    const { code, stdout, stderr } = await run(EXAMPLE, '--duration', '300ms', '--segments');
    expect(stderr).toContain('heat: heat_step, heat_sums run in atoms, cut anywhere\n');
    expect(code).toBe(0);
    const [service, heat] = tenants(stdout);
    expect(service?.slo_attainment_pct).toBe(100);
    expect(heat?.completed).toBeGreaterThan(100);
  });

  it('takes the time that is stated', async () => {
    const { stdout, stderr } = await run(scenario(), '--duration', '1s');
    expect(stderr).toContain('mine: fill_1d runs in atoms, cut anywhere\n');
    // Three launches of 20 us, and what the host and the gaps between them take.
    const [mine] = tenants(stdout);
    expect(mine?.throughput_per_s).toBeGreaterThan(12_000);
    expect(mine?.throughput_per_s).toBeLessThan(1e6 / 60);
  });

  it('writes a record that names the module', async () => {
    const path = scenario();
    const out = join(FOLDER, 'out');
    const args = ['run', path, '--policy', 'lithos', '--duration', '20ms', '--out', out];
    expect((await lithos(args)).code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(out, 'lithos-seed1/manifest.json'), 'utf8'));
    expect(manifest.inputs).toEqual([
      { name: 'mine.ptx', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const { ptx, launches } = manifest.scenario.tenants[0].workload;
    expect(ptx).toBe(join(path, '../kernels/mine.ptx'));
    expect(launches[0]).toMatchObject({ kernel: 'fill_1d', repeat: 3, time: '20us' });
  });

  it('says what runs whole, and why', async () => {
    const launch = (kernel: string, args: string): string =>
      `{ kernel: ${kernel}, grid: 100000, block: 256, args: [${args}], time: 20ms }`;
    const waits = scenario(launch('spin_on_previous', '{ buffer: 1MiB }'), `${MODULES}/whole.ptx`);
    const { stderr, stdout } = await run(waits);
    expect(stderr).toContain(
      'mine: spin_on_previous runs whole: line 100: loops until another block',
    );
    expect(JSON.parse(stdout).runs[0].launches).toBeGreaterThan(0);
    const stated = launch('fill_1d', '{ buffer: 1MiB }, { u32: 1 }').replace(
      'time',
      'whole: true, time',
    );
    const other = await run(scenario(stated));
    expect(other.stderr).toContain('mine: fill_1d runs whole: the scenario says so\n');
  });

  it.each([
    [
      'no time',
      LAUNCH.replace('time: 20us, ', ''),
      "launches[0]: the simulator cannot tell how long kernel 'fill_1d' takes",
    ],
    ['a wrong kernel', LAUNCH.replace('fill_1d', 'fill_2d'), "unknown kernel 'fill_2d'"],
    [
      'a wrong type',
      LAUNCH.replace('u32: 1048576', 'f32: 1'),
      'fill_1d_param_1 is .u32, and f32 is given',
    ],
    [
      'a missing argument',
      LAUNCH.replace(', { u32: 1048576 }', ''),
      "kernel 'fill_1d' takes 2 arguments (.u64, .u32), and 1 is given",
    ],
    ['a negative grid', LAUNCH.replace('4096', '-4096'), "'-4096' is negative"],
    ['a huge buffer', LAUNCH.replace('4MiB', '900GiB'), 'the tenants need 966.4 GB'],
  ])('refuses %s, with the line', (_, launch, why) => {
    const path = scenario(launch);
    expect(() => readScenario(path, 'sim')).toThrow(why);
    expect(() => readScenario(path, 'sim')).toThrow(new RegExp(`^${path}:\\d+:\\d+: `));
  });

  it.each([
    ['is missing', undefined, 'ENOENT: no such file'],
    ['is a folder', MODULES, 'it is not a file'],
    ['is no PTX', join(REPOSITORY, 'package.json'), 'PTX, line 1, column 1'],
    ['is a device', '/dev/zero', 'it is not a file'],
  ])('refuses a module that %s', (_, module, why) => {
    const path = scenario(LAUNCH, module ?? join(FOLDER, 'nothing.ptx'));
    expect(() => readScenario(path, 'hw')).toThrow(`${path}:7:12: tenants[0].workload.ptx: `);
    expect(() => readScenario(path, 'hw')).toThrow(why);
  });

  it('ends with code 2 for an empty module', async () => {
    const empty = join(FOLDER, 'empty.ptx');
    writeFileSync(empty, '');
    const { code, stderr } = await run(scenario(LAUNCH, empty));
    expect(stderr).toContain('kernels/mine.ptx: there are no kernels in it');
    expect(code).toBe(2);
  });
});

describe.skipIf(standIn === undefined)('own kernels on the stand-in driver', () => {
  const onGpu = (path: string, policies: string, more: Record<string, string> = {}) =>
    lithos(
      [
        'compare',
        path,
        '--backend',
        'hw',
        '--alone',
        '300ms',
        '--duration',
        '1s',
        '--policies',
        policies,
        '--record',
        'none',
        '--json',
      ],
      { cwd: FOLDER, env: { ...env, ...more } },
    );
  const UNTIMED = LAUNCH.replace('time: 20us, ', '');

  it('runs the example that ships', async () => {
    const args = [
      'run',
      EXAMPLE,
      '--policy',
      'lithos',
      '--backend',
      'hw',
      '--alone',
      '1s',
      '--duration',
      '1s',
    ];
    const { code, stdout, stderr } = await lithos([...args, '--record', 'none', '--json'], {
      cwd: FOLDER,
      env,
    });
    expect(stderr).not.toContain('error');
    expect(stderr).toContain('heat: heat_step, heat_sums run in atoms, cut anywhere\n');
    expect(code).toBe(0);
    expect(tenants(stdout).map(({ name }) => name)).toEqual(['service', 'heat']);
    // How much is done in a second is the machine's business.
    expect((JSON.parse(stdout) as CompareResult).runs[0]?.launches).toBeGreaterThan(0);
    expect(tenants(stdout)[1]?.requests).toBeGreaterThan(0);
  }, 120_000);

  it('needs no times, in one process and in one per tenant', async () => {
    const policies = 'lithos,tpc-partition,streams,time-slicing';
    const path = scenario(UNTIMED);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('class: be', 'class: hp\n    quota: 50%'),
    );
    const { code, stdout, stderr } = await onGpu(path, policies);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as CompareResult;
    expect(runs.map(({ policy }) => policy)).toEqual(policies.split(','));
    for (const { launches } of runs) expect(launches).toBeGreaterThan(0);
  }, 120_000);

  it.each([
    [
      'streams',
      'touches memory that is not its own',
      'lost:3000:700',
      "cuLaunchKernel failed: CUDA_ERROR_ILLEGAL_ADDRESS (700): the stand-in was told to fail; own kernel 'fill_1d' of tenant 'mine' was running",
    ],
    [
      'streams',
      'the driver cannot compile',
      'cuModuleLoadDataEx:2:218',
      'kernels/mine.ptx: cuModuleLoadDataEx failed',
    ],
  ])(
    'ends with code 1 under %s where a kernel %s',
    async (policy, _, fault, why) => {
      const { code, stderr } = await onGpu(scenario(UNTIMED), policy, {
        LITHOS_STANDIN_FAULT: fault,
      });
      expect(stderr).toContain(why);
      expect(code).toBe(1);
    },
    120_000,
  );
});
