import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompareResult, TwinValidation } from '@lithos/experiments';
import { buildStandIn, type Calibration, type TimeSlices } from '@lithos/hw-a100';
import { type DeviceFile, validateDeviceFile } from '@lithos/sim';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, REPOSITORY, temporaryFolder } from '../testing.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const env = {
  LITHOS_LIBCUDA: standIn?.cuda ?? '',
  LITHOS_LIBNVML: standIn?.nvml ?? '',
  // Look-alikes of an H200 ship.
  LITHOS_STANDIN_NAME: 'NVIDIA H200',
  LITHOS_CALIBRATIONS: join(FOLDER, 'none'),
};
const PAIR = join(REPOSITORY, 'experiments/scenarios/hardware/resnet-vgg-split.yaml');
const RESULTS = join(REPOSITORY, 'experiments/hardware/h200');
/** A comparison on the GPU; nobody is watched alone for longer than a test needs. */
const ON_GPU = ['compare', PAIR, '--backend', 'hw', '--alone', '300ms'];
const compare = (...args: string[]) => lithos([...ON_GPU, ...args], { cwd: FOLDER, env });

describe.skipIf(standIn === undefined)(
  'lithos on a real GPU, played by the stand-in driver',
  () => {
    it('compares policies in one process and in one per tenant', async () => {
      const policies = 'lithos,tpc-partition,streams,time-slicing';
      const args = ['--policies', policies, '--duration', '300ms', '--record', 'none', '--json'];
      const { code, stdout, stderr } = await compare(...args);
      expect(stderr).not.toContain('error');
      expect(code).toBe(0);
      const result = JSON.parse(stdout) as CompareResult;
      expect(result).toMatchObject({ schema: 'lithos/compare@1', backend: 'hw', device: 'h200' });
      expect(result.runs.map((run) => run.policy)).toEqual(policies.split(','));
      for (const run of result.runs) {
        expect(run.exit).toBe('complete');
        expect(run.launches).toBeGreaterThan(0);
        expect(run.tenants.map((t) => t.name)).toEqual(['service', 'train']);
        expect(run.tenants[0]?.requests).toBeGreaterThan(0);
        expect(run.device.energy_j).toBeGreaterThan(0);
      }
    }, 180_000);

    it('writes a record that says it was a GPU', async () => {
      const out = join(FOLDER, 'out');
      const { code } = await compare('--policies', 'streams', '--duration', '200ms', '--out', out);
      expect(code).toBe(0);
      const manifest = readFileSync(join(out, 'streams-seed1', 'manifest.json'), 'utf8');
      expect(JSON.parse(manifest)).toMatchObject({ backend: 'hw' });
    }, 120_000);

    it.each([
      ['mig', "policy 'mig' needs MIG instances"],
      ['mps', 'no MPS daemon runs'],
    ])('refuses %s, and says why', async (policy, why) => {
      const { code, stderr } = await compare('--policies', policy, '--duration', '200ms');
      expect(stderr).toContain(why);
      expect(code).toBe(2);
    });

    it('changes the clock to save power, and gives it back', async () => {
      const log = join(FOLDER, 'clock');
      const args = ['--policies', 'lithos', '--set', 'lithos.power=on', '--duration', '3s'];
      const { code, stderr } = await lithos(
        [...ON_GPU, '--allow-clocks', '--record', 'none', ...args],
        { cwd: FOLDER, env: { ...env, LITHOS_STANDIN_CLOCK_LOG: log } },
      );
      expect(stderr).not.toContain('error');
      expect(code).toBe(0);
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      expect(lines[0]).toMatch(/^lock \d+$/);
      expect(lines[lines.length - 1]).toBe('reset');
    }, 120_000);

    it('refuses to save power where the clock may not be changed', async () => {
      const args = ['--policies', 'lithos', '--set', 'lithos.power=on', '--duration', '200ms'];
      const { code, stderr } = await lithos([...ON_GPU, ...args], {
        cwd: FOLDER,
        env: { ...env, LITHOS_STANDIN_MISPLACE: '1' },
      });
      expect(stderr).toContain('permit it with --allow-clocks');
      expect(stderr).not.toContain('confined');
      expect(code).toBe(2);
    });

    it.each([
      [
        'without NVML',
        'streams,time-slicing',
        { LITHOS_LIBNVML: 'no-such-library.so' },
        /^warning: results leave out .*power, energy, SM clock: .*no-such-library/,
      ],
      [
        'with a part of it',
        'streams',
        { LITHOS_STANDIN_NVML_FAULT: 'nvmlDeviceGetTotalEnergyConsumption:0:3' },
        /^warning: results leave out energy: .*Not Supported/,
      ],
    ] as const)(
      'runs %s, says so once, and leaves the figures out',
      async (name, policies, changes, warning) => {
        const out = join(FOLDER, name);
        const chosen = ['--policies', policies, '--duration', '200ms'];
        const { code, stdout, stderr } = await lithos(
          [...ON_GPU, ...chosen, '--out', out, '--json'],
          { cwd: FOLDER, env: { ...env, ...changes } },
        );
        expect(code).toBe(0);
        const warnings = stderr.split('\n').filter((line) => line.startsWith('warning'));
        expect(warnings).toEqual([expect.stringMatching(warning)]);
        const { runs } = JSON.parse(stdout) as CompareResult;
        for (const run of runs) {
          expect(run.device.tpc_utilization_pct).toBeGreaterThan(0);
          expect(run.device).not.toHaveProperty('energy_j');
          expect(run.device).not.toHaveProperty('mean_power_w');
        }
        const table = join(out, 'counters.csv');
        const args = ['export', join(out, 'streams-seed1'), '--format', 'csv'];
        const csv = await lithos([...args, '--table', 'counters', '--out', table]);
        expect(csv.stderr).not.toContain('error');
        const row = readFileSync(table, 'utf8').split('\r\n')[1];
        expect(row).toMatch(name === 'without NVML' ? /^\d+,,,/ : /^\d+,150,1980,/);
      },
      120_000,
    );

    it.each([
      ['NVML is missing', { LITHOS_LIBNVML: 'no-such-library.so' }, 'utility'],
      [
        'there are no clocks',
        { LITHOS_STANDIN_NVML_FAULT: 'nvmlDeviceGetSupportedGraphicsClocks:0:3' },
        'leave the power parameter off',
      ],
    ] as const)(
      'refuses to save power before anything is tried where %s',
      async (_, changes, fix) => {
        const args = ['--policies', 'lithos', '--set', 'lithos.power=on', '--duration', '200ms'];
        const { code, stderr } = await lithos(
          [...ON_GPU, '--allow-clocks', ...args],
          // Trying placement would bring a warning.
          { cwd: FOLDER, env: { ...env, ...changes, LITHOS_STANDIN_MISPLACE: '1' } },
        );
        expect(stderr).toContain('lithos.power lowers the SM clock, and it cannot be changed here');
        expect(stderr).toContain(fix);
        expect(stderr).not.toContain('confined');
        expect(code).toBe(2);
      },
    );

    it.each([
      ['another device', ['--device', 'a100-40gb'], "'a100-40gb' has 54 TPCs, and this GPU"],
      ['a missing folder', ['--out', 'nowhere/h200.json'], 'cannot write nowhere/h200.json'],
    ])(
      'calibrates nothing for %s',
      async (_, args, why) => {
        const { code, stderr } = await lithos(['hw', 'calibrate', ...args], { cwd: FOLDER, env });
        expect(stderr).toContain(why);
        expect(code).toBe(2);
      },
      60_000,
    );

    it('calibrates, and makes a device file of what it measured', async () => {
      const shared = {
        LITHOS_STANDIN_SHARED: join(FOLDER, 'shared'),
        // Long, so that a busy machine's own delays do not count.
        LITHOS_STANDIN_SWITCH_NS: '20000000',
        LITHOS_STANDIN_SLICE_NS: '200000000',
      };
      const out = join(FOLDER, 'device.json');
      const args = ['hw', 'calibrate', '--out', out, '--json'];
      const { code, stdout } = await lithos(args, { cwd: FOLDER, env: { ...env, ...shared } });
      expect(code).toBe(0);
      const measured = JSON.parse(stdout) as Calibration;
      const file = JSON.parse(readFileSync(out, 'utf8')) as DeviceFile;
      validateDeviceFile(file);
      const slices = measured.time_slices as TimeSlices;
      expect(file.contexts.switchNs).toMatchObject({
        value: slices.switch_ns,
        source: expect.stringContaining('lithos hw calibrate on NVIDIA H200'),
      });
      expect(file.contexts.sliceNs.value).toBe(slices.slice_ns);
      expect(file.launch.hostLaunchNs.value).toBe(Math.round(measured.launch.launchNs));
    }, 120_000);

    it('ends with code 1 where the driver fails', async () => {
      const failing = { ...env, LITHOS_STANDIN_FAULT: 'cuGraphLaunch:5:700' };
      const args = [...ON_GPU, '--policies', 'streams'];
      const { code, stderr } = await lithos([...args, '--duration', '200ms'], {
        cwd: FOLDER,
        env: failing,
      });
      expect(stderr).toContain('cuGraphLaunch failed: CUDA_ERROR_ILLEGAL_ADDRESS (700)');
      expect(code).toBe(1);
    });

    it('says what is missing where there is no driver', async () => {
      const none = { ...env, LITHOS_LIBCUDA: 'no-such-library.so' };
      const { code, stdout } = await lithos(['hw', 'doctor'], { env: none });
      expect(stdout).toContain("cannot be loaded from 'no-such-library.so'");
      expect(code).toBe(1);
    });

    it('says at a run that there is no driver, and nothing that follows from it', async () => {
      const none = { ...env, LITHOS_LIBCUDA: 'no-such-library.so' };
      const args = [...ON_GPU, '--policies', 'streams'];
      const { code, stderr } = await lithos(args, { cwd: FOLDER, env: none });
      expect(stderr).toContain("cannot be loaded from 'no-such-library.so'");
      expect(stderr).not.toContain('warning');
      expect(code).toBe(1);
    });

    it('refuses a scenario for another GPU', async () => {
      const { code, stderr } = await lithos(
        [
          'compare',
          'quickstart',
          '--backend',
          'hw',
          '--policies',
          'streams',
          '--duration',
          '200ms',
        ],
        { cwd: FOLDER, env },
      );
      expect(stderr).toContain('the scenario is for a100-40gb with 54 TPCs');
      expect(code).toBe(2);
    });
  },
);

describe('lithos validate twin', () => {
  it('predicts what was measured on an H200', async () => {
    const file = join(RESULTS, 'resnet-vgg-alone.json');
    const { code, stdout } = await lithos(['validate', 'twin', file, '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as TwinValidation;
    expect(result).toMatchObject({ schema: 'lithos/validate@1', what: 'twin' });
    expect(result.cases).toHaveLength(4);
    expect(result.median_abs_error_pct).toBeLessThan(20);
  });

  it('takes a scenario of ones own, and says what it leaves out', async () => {
    const file = join(RESULTS, 'resnet-vgg-alone.json');
    const text = readFileSync(file, 'utf8');
    const measured = JSON.parse(text) as { scenario: string };
    const shipped = join(REPOSITORY, `experiments/scenarios/hardware/${measured.scenario}.yaml`);
    const scenario = join(FOLDER, 'my-own.yaml');
    writeFileSync(scenario, readFileSync(shipped, 'utf8'));
    const results = join(FOLDER, 'my-own.json');
    writeFileSync(results, text.replaceAll(`"${measured.scenario}"`, '"my-own"'));
    const unknown = await lithos(['validate', 'twin', results]);
    expect(unknown.stderr).toContain("there is no scenario file 'my-own'");
    const args = ['validate', 'twin', results, '--scenario', scenario, '--json'];
    const { code, stdout } = await lithos(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ left_out: [] });
  });

  it.each([
    ['scenario', { scenario: undefined }],
    ['runs', { runs: [] }],
    ['runs[0].tenants', { runs: [{ policy: 'lithos', seed: 1, simulated_s: 8 }] }],
  ])('says that a comparison has no %s', async (what, changes) => {
    const file = join(RESULTS, 'resnet-vgg-alone.json');
    const bad = join(FOLDER, `bad-${what}.json`);
    writeFileSync(bad, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }));
    const { code, stderr } = await lithos(['validate', 'twin', bad]);
    expect(stderr).toContain(`${bad}: ${what} is missing`);
    expect(code).toBe(2);
  });

  it('refuses what is no comparison on a GPU', async () => {
    const { code, stderr } = await lithos(['validate', 'twin', join(RESULTS, 'bench.json')]);
    expect(stderr).toContain('is not a comparison on a real GPU');
    expect(code).toBe(2);
  });
});
