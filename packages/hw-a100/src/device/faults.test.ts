import { type DeviceListener, LithosError, Submission, TpcSet } from '@lithos/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { spinShape } from '../bench/shapes.ts';
import { CUDA_PROTOTYPES } from '../driver/cuda-prototypes.ts';
import type { KernelPlan } from '../kernels/plan.ts';
import { spinPlan } from '../kernels/spin.ts';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import type { HwLaunchable } from './launchable.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

const listener: DeviceListener = {
  submissionCompleted: () => {},
  timerFired: () => {},
  clockChanged: () => {},
  fault: (error) => {
    throw error;
  },
};

/** Green contexts that are kept: fewer than are asked for, so that some go while the run goes on. */
const CONTEXTS = 6;
/** How long a run may take by its own clock before it counts as one that hangs, ns. */
const LIMIT_NS = 20e9;

/** A kernel that keeps no record, and fills a buffer: another before it and one behind it keep times. */
const silent: KernelPlan = {
  ...spinPlan(8, 32, 5000),
  entry: 'lithos_where',
  parameters: [
    { kind: 'u64', value: 0n },
    { kind: 'u32', value: 5000 },
    { kind: 'buffer', name: 'smids', bytes: 32 },
  ],
  completion: 'none',
  splittable: false,
};

/**
 * A small run with everything in it: opens a device; runs kernels whole and in atoms, with a record of
 * their own and without, and segments, on two streams at changing priorities and TPC sets, more of them
 * than contexts are kept; closes it.
 */
async function exercise(): Promise<void> {
  const device = openHardware({ contexts: CONTEXTS, hangNs: 5e9 });
  let submitted = 0;
  let done = 0;
  try {
    device.attach({ ...listener, submissionCompleted: () => done++ });
    device.openTenant(0, { kind: 'shared' });
    device.openStream(0, 0);
    device.openStream(1, 0);
    const plan = spinPlan(64, 128, 20_000, 64 * 1024);
    const single = device.prepareKernel(plan, spinShape(0, 64, 128), 0);
    const segment = device.prepareSegment([plan, silent, plan], spinShape(1, 1, 32), 1);
    const unrecorded = device.prepareKernel(silent, spinShape(2, 8, 32), 2);
    await device.advance(1e6);
    const submit = (work: HwLaunchable, tpcs: TpcSet, changes: Partial<Submission> = {}): void => {
      const all = { work, tpcs, blockEnd: work.kernel.blocks, ...changes };
      device.submit(Object.assign(new Submission(), all));
      submitted += 1;
    };
    const completed = async (): Promise<void> => {
      const limit = device.now() + LIMIT_NS;
      while (done < submitted && device.now() < limit) await device.advance(device.now() + 1e6);
      if (done < submitted) throw new Error('submissions went missing');
    };
    submit(single, TpcSet.range(0, 2));
    submit(single, TpcSet.range(10, 40), { blockEnd: 32, last: false });
    submit(single, TpcSet.range(10, 40), { blockBegin: 32, atom: 1 });
    submit(unrecorded, TpcSet.range(40, 60), { stream: 1, priority: 5 });
    submit(segment, TpcSet.range(0, 66), { stream: 1 });
    submit(segment, TpcSet.range(20, 41));
    // The same place and segment: a second graph of it.
    submit(segment, TpcSet.range(20, 41));
    await completed();
    // Those from before make room.
    for (const first of [5, 15, 25]) submit(segment, TpcSet.range(first, first + 5));
    await completed();
  } finally {
    device.close();
  }
}

/** Calls that ask whether something is over: as many as there is time for, and so many in any run. */
const POLL = /Query$/;
const POLLS = 4;

/** Calls that give something back: where one fails, the stand-in keeps that one thing. */
const RELEASED: Readonly<Record<string, string>> = {
  cuDevicePrimaryCtxRelease_v2: 'context',
  cuGreenCtxDestroy: 'green',
  cuStreamDestroy_v2: 'stream',
  cuMemFree_v2: 'memory',
  cuMemFreeHost: 'memory',
  cuEventDestroy_v2: 'event',
  cuGraphDestroy: 'graph',
  cuGraphExecDestroy: 'graph',
  cuModuleUnload: 'module',
};

describe.skipIf(standIn === undefined)('faults of the driver', () => {
  let control: StandInControl;
  /** How often each call was made in a clean run. */
  const calls = new Map<string, number>();

  beforeAll(async () => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    control = new StandInControl(standIn?.cuda ?? '');
    control.faults('');
    await exercise();
    for (const prototype of CUDA_PROTOTYPES) {
      const call = /(\w+)\(/.exec(prototype)?.[1] ?? '';
      const count = control.calls(call);
      if (count > 0) calls.set(call, count);
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

  it('are none in a run that leaves nothing open', () => {
    expect(control.open()).toEqual({});
    expect(control.misplaced()).toBe(0);
  });

  it('end in a coded error, whichever call fails, and nothing stays open', async () => {
    expect([...calls.values()].reduce((sum, n) => sum + n)).toBeGreaterThan(150);
    for (const call of Object.keys(RELEASED)) expect(calls.has(call), call).toBe(true);
    for (const [call, count] of calls) {
      for (let nth = 1; nth <= (POLL.test(call) ? Math.min(count, POLLS) : count); nth++) {
        control.forget();
        const error = await failure(`${call}:${nth}:999`);
        const what = `${call}, call ${nth} of ${count}: ${error}`;
        expect(error instanceof LithosError, what).toBe(true);
        const { code, message, exitCode } = error as LithosError;
        expect([code, exitCode], what).toEqual(['E_CUDA_LOST', 1]);
        expect(message, what).toBe(
          `${call} failed: CUDA_ERROR_UNKNOWN (999): the stand-in was told to fail`,
        );
        const kept = RELEASED[call];
        expect(control.open(), what).toEqual(kept === undefined ? {} : { [kept]: 1 });
        // What cannot be given back is still there when what it is part of goes.
        if (kept === undefined) expect(control.misplaced(), what).toBe(0);
      }
    }
    control.forget();
  }, 60_000);

  it('as a GPU that is lost at any kernel', async () => {
    control.faults('');
    await exercise();
    const kernels = control.calls('kernels');
    expect(kernels).toBeGreaterThan(20);
    for (let kernel = 1; kernel <= kernels; kernel++) {
      control.forget();
      const error = await failure(`lost:${kernel}:719`);
      expect(error, `kernel ${kernel}: ${error}`).toMatchObject({
        code: 'E_CUDA_LOST',
        exitCode: 1,
        message: expect.stringContaining('CUDA_ERROR_LAUNCH_FAILED (719)'),
      });
    }
    control.forget();
  }, 60_000);

  it('out of memory says so', async () => {
    expect(await failure('cuMemAlloc_v2:1:2')).toMatchObject({
      code: 'E_CUDA_MEMORY',
      message: expect.stringContaining('CUDA_ERROR_OUT_OF_MEMORY'),
      fix: expect.stringContaining('free memory'),
    });
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
