import { type DeviceListener, LithosError, Submission, TpcSet } from '@lithos/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { spinShape } from '../bench/shapes.ts';
import { spinPlan } from '../kernels/spin.ts';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

/** Calls that give something back: where they fail, the stand-in keeps it. */
const RELEASES = /Destroy|Free|Release|Unload/;

const listener: DeviceListener = {
  submissionCompleted: () => {},
  timerFired: () => {},
  clockChanged: () => {},
  fault: (error) => {
    throw error;
  },
};

/** Opens a device, runs a kernel, an atom and a segment on changing TPC sets, and closes it. */
async function exercise(): Promise<void> {
  const device = openHardware({ contexts: 8, hangNs: 5e9 });
  let done = 0;
  try {
    device.attach({ ...listener, submissionCompleted: () => done++ });
    device.openTenant(0, { kind: 'shared' });
    device.openStream(0, 0);
    const plan = spinPlan(64, 128, 20_000, 64 * 1024);
    const single = device.prepareKernel(plan, spinShape(0, 64, 128), 0);
    const segment = device.prepareSegment([plan, plan], spinShape(1, 1, 32), 1);
    const submit = (work: typeof single, tpcs: TpcSet, end: number): void => {
      const submission = new Submission();
      device.submit(Object.assign(submission, { work, tpcs, blockEnd: end }));
    };
    await device.advance(1e6);
    submit(single, TpcSet.range(0, 2), 64);
    submit(single, TpcSet.range(10, 40), 32);
    submit(segment, TpcSet.range(0, 66), 1);
    submit(segment, TpcSet.range(20, 41), 1);
    const limit = device.now() + 20e9;
    while (done < 4 && device.now() < limit) await device.advance(device.now() + 5e6);
  } finally {
    device.close();
  }
  if (done < 4) throw new Error('submissions went missing');
}

describe.skipIf(standIn === undefined)('faults of the driver', () => {
  let control: StandInControl;
  const calls: string[] = [];

  beforeAll(async () => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    control = new StandInControl(standIn?.cuda ?? '');
    control.faults('');
    await exercise();
    const { CUDA_PROTOTYPES } = await import('../driver/cuda-prototypes.ts');
    for (const prototype of CUDA_PROTOTYPES) {
      const name = /(\w+)\(/.exec(prototype)?.[1] ?? '';
      if (control.calls(name) > 0) calls.push(name);
    }
  });
  afterEach(() => control.faults(''));

  const failure = async (faults: string): Promise<unknown> => {
    control.faults(faults);
    try {
      await exercise();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('end in a coded error, whatever call fails, and nothing stays open', async () => {
    expect(calls.length).toBeGreaterThan(30);
    for (const call of calls) {
      for (const nth of [1, 2]) {
        const before = control.handles();
        const error = await failure(`${call}:${nth}:999`);
        const made = control.calls(call);
        if (made < nth) continue;
        const what = `${call}, call ${nth}: ${error}`;
        expect(error instanceof LithosError, what).toBe(true);
        const { code, message, exitCode } = error as LithosError;
        expect([code, exitCode], what).toEqual(['E_CUDA_LOST', 1]);
        expect(message, what).toContain('CUDA_ERROR_UNKNOWN (999): the stand-in was told to fail');
        if (!RELEASES.test(call)) expect(control.handles() - before, what).toBe(0);
      }
    }
  });

  it('out of memory says so', async () => {
    expect(await failure('cuMemAlloc_v2:1:2')).toMatchObject({
      code: 'E_CUDA_MEMORY',
      message: expect.stringContaining('CUDA_ERROR_OUT_OF_MEMORY'),
      fix: expect.stringContaining('free memory'),
    });
  });

  it('a lost device is noticed', async () => {
    // The fourth kernel is in a graph.
    for (const kernel of [1, 3, 4]) {
      expect(await failure(`lost:${kernel}:719`)).toMatchObject({ code: 'E_CUDA_LOST' });
    }
  });

  it('a driver that is too old, or has no GPU, is refused', () => {
    process.env.LITHOS_STANDIN_VERSION = '11080';
    expect(() => openHardware()).toThrow(
      expect.objectContaining({ code: 'E_CUDA_VERSION', message: expect.stringContaining('11.8') }),
    );
    delete process.env.LITHOS_STANDIN_VERSION;
    process.env.LITHOS_STANDIN_DEVICES = '0';
    expect(() => openHardware()).toThrow(expect.objectContaining({ code: 'E_CUDA_DEVICE' }));
    delete process.env.LITHOS_STANDIN_DEVICES;
  });

  it('an old driver without green contexts runs launches unconfined', () => {
    process.env.LITHOS_LIBCUDA = standIn?.old;
    const device = openHardware();
    expect(device.info.capabilities.tpcGranularity).toBeUndefined();
    device.close();
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
  });
});
