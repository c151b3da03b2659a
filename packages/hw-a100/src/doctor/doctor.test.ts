import { beforeEach, describe, expect, it } from 'vitest';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { doctor } from './doctor.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('lithos hw doctor, on the stand-in driver', () => {
  beforeEach(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    process.env.LITHOS_LIBNVML = standIn?.nvml;
  });

  it('finds a sound device sound, and leaves nothing open', async () => {
    const report = await doctor({ ordinal: 0, contract: true });
    const bad = report.findings.filter((f) => f.state === 'fail');
    expect(bad).toEqual([]);
    expect(report.device).toMatchObject({ name: 'Stand-in', tpcs: 66, cuda: '13.0' });
    expect(report.placement?.report?.faults).toEqual([]);
    expect(report.contract.filter((c) => c.error !== undefined)).toEqual([]);
    // A device is not broken on purpose outside of tests.
    const untried = report.contract.filter((c) => c.untried);
    expect(untried).toEqual([
      { name: 'reports that it has failed once, and takes nothing more', untried: true },
    ]);
    expect(report.findings.find((f) => f.id === 'contract')?.text).toBe(
      "14 of 14 checks of the device port hold; not tried here: 'reports that it has failed once, and takes nothing more'",
    );
    expect(new StandInControl(standIn?.cuda ?? '').handles()).toBe(0);
  });

  it('says what is missing, and how to get it', async () => {
    process.env.LITHOS_LIBCUDA = 'no-such-library.so';
    const { findings, device } = await doctor({ ordinal: 0, contract: false });
    expect(device).toBeUndefined();
    expect(findings).toEqual([
      {
        id: 'driver',
        state: 'fail',
        text: expect.stringContaining("cannot be loaded from 'no-such-library.so'"),
        fix: expect.stringContaining('install the NVIDIA driver'),
      },
    ]);
  });

  it('does without NVML, with a warning', async () => {
    process.env.LITHOS_LIBNVML = 'no-such-library.so';
    const { findings } = await doctor({ ordinal: 0, contract: false });
    expect(findings.find((f) => f.id === 'nvml')).toMatchObject({ state: 'warn' });
    expect(findings.filter((f) => f.state === 'fail')).toEqual([]);
  });

  it('says which figures NVML does not give, and goes on to the others', async () => {
    const nvml = new StandInControl(standIn?.nvml ?? '');
    nvml.faults('nvmlDeviceGetTotalEnergyConsumption:0:3,nvmlDeviceGetSupportedGraphicsClocks:0:3');
    const { findings } = await doctor({ ordinal: 0, contract: false });
    nvml.faults('');
    expect(findings.find((f) => f.id === 'nvml')).toMatchObject({
      state: 'pass',
      text: 'driver 580.0.0, 150 W, SM clock at 1980 MHz',
    });
    expect(findings.find((f) => f.id === 'energy')).toMatchObject({
      state: 'warn',
      text: expect.stringContaining('runs leave it out: nvmlDeviceGetTotalEnergyConsumption'),
      fix: expect.stringContaining('use the whole GPU, or do without'),
    });
    expect(findings.find((f) => f.id === 'clocks')).toMatchObject({ state: 'warn' });
    expect(findings.filter((f) => f.state === 'fail')).toEqual([]);
  });

  it('tells an old driver apart', async () => {
    process.env.LITHOS_LIBCUDA = standIn?.old;
    const { findings } = await doctor({ ordinal: 0, contract: false });
    const failed = findings.filter((f) => f.state === 'fail').map((f) => f.id);
    expect(failed).toEqual(['green-contexts', 'placement']);
  });
});
