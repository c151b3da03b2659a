import {
  findPolicy,
  KernelInterner,
  LithosError,
  NO_TOKEN,
  type PtxLaunch,
  type PtxWork,
  Scheduler,
  type Submission,
} from '@lithos/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHardware } from '../device/open.ts';
import { openCuda } from '../driver/cuda.ts';
import { testModule } from '../ptx/test-modules.ts';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { PtxRequests } from './ptx-requests.ts';

const standIn = buildStandIn();

const STENCIL: PtxLaunch = {
  kernel: 'stencil_3d',
  grid: [4, 3, 2],
  block: [4, 2, 2],
  sharedBytes: 0,
  arguments: [
    { kind: 'buffer', name: 'in' },
    { kind: 'buffer', name: 'out' },
    { kind: 's32', value: -5 },
    { kind: 'u32', value: 6 },
    { kind: 'u32', value: 7 },
  ],
  repeat: 1,
  whole: false,
};
const FILL: PtxLaunch = {
  kernel: 'fill_1d',
  grid: [8, 1, 1],
  block: [32, 1, 1],
  sharedBytes: 0,
  arguments: [
    { kind: 'own-buffer', bytes: 1024 },
    { kind: 'u32', value: 250 },
  ],
  repeat: 1,
  whole: false,
};
const work = (launches: readonly PtxLaunch[], path = 'shapes.ptx'): PtxWork => ({
  path,
  buffers: [
    { name: 'in', bytes: 4 * 700_001, fill: { kind: 'iota', type: 'f32' } },
    { name: 'out', bytes: 4097, fill: { kind: 'zero' } },
  ],
  launches,
});
const read = (path: string): string => testModule(path.replace('.ptx', ''));

describe.skipIf(standIn === undefined)('requests of own kernels on the stand-in driver', () => {
  let control: StandInControl;

  beforeAll(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    control = new StandInControl(standIn?.cuda ?? '');
    control.faults('');
  });
  afterEach(() => control.faults(''));

  /** Does something with a device, and leaves nothing open. */
  async function onDevice<T>(
    act: (requests: PtxRequests, device: ReturnType<typeof openHardware>) => T | Promise<T>,
  ): Promise<T> {
    const device = openHardware();
    let result: T;
    try {
      result = await act(new PtxRequests(device, new KernelInterner(), read), device);
    } finally {
      device.close();
    }
    expect(control.handles()).toBe(0);
    return result;
  }

  it('puts short launches into segments by their stated times; others stay single', () =>
    onDevice((requests) => {
      const timed = (timeNs: number, repeat = 1): PtxLaunch => ({ ...FILL, timeNs, repeat });
      const made = requests.prepare(work([timed(10_000, 4), timed(80_000), FILL, FILL]), 'mine');
      expect(made.map(({ parts }) => parts.length)).toEqual([4, 1, 1, 1]);
      expect(made.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3]);
      expect(made.map(({ kernel }) => kernel.splittable)).toEqual([false, true, true, true]);
      expect(made[0]?.kernel.name).toBe('mine[0..3] (4 kernels)');
    }));

  it('tells the scheduler what a launch is, and how it may be cut', () =>
    onDevice((requests) => {
      const module = { splitting: { kind: 'splittable' }, staticSharedBytes: 128 } as const;
      const [plain, whole, waits] = [
        ...requests.prepare(
          work([
            { ...STENCIL, module },
            { ...STENCIL, whole: true },
          ]),
          'a',
        ),
        ...requests.prepare(
          work(
            [
              {
                ...FILL,
                kernel: 'spin_on_previous',
                arguments: [{ kind: 'own-buffer', bytes: 64 }],
              },
            ],
            'whole.ptx',
          ),
          'b',
        ),
      ];
      expect(plain?.kernel).toMatchObject({
        name: 'stencil_3d',
        grid: [4, 3, 2],
        blocks: 24,
        threadsPerBlock: 16,
        registersPerThread: 32,
        sharedMemoryBytes: 128,
        splittable: true,
      });
      expect(whole?.kernel.splittable).toBe(false);
      expect(waits?.kernel).toMatchObject({ splittable: false, persistent: true });
      expect(whole?.kernel.persistent).toBeUndefined();
      expect(new Set([plain, whole, waits].map((one) => one?.kernel.id)).size).toBe(3);
    }));

  it('passes arguments, and fills buffers once', () =>
    onDevice((requests) => {
      const made = requests.prepare(work([STENCIL, { ...STENCIL, repeat: 2 }, FILL, FILL]), 'mine');
      const views = made.map(({ parts }) => parts[0]?.arguments.view);
      const [first, second] = views;
      if (first === undefined || second === undefined) throw new Error('nothing was prepared');
      expect(first.getInt32(16, true)).toBe(-5);
      expect([24, 32].map((at) => first.getUint32(at, true))).toEqual([6, 7]);
      // Behind its own: the grid that it was written for.
      expect([40, 48, 56].map((at) => first.getUint32(at, true))).toEqual([4, 3, 2]);
      const [from, to] = [0, 8].map((at) => first.getBigUint64(at, true));
      expect(from).not.toBe(to);
      expect([0, 8].map((at) => second.getBigUint64(at, true))).toEqual([from, to]);
      const own = [3, 4].map((i) => views[i]?.getBigUint64(0, true));
      expect(new Set([from, to, ...own]).size).toBe(4);
      const cells = new Float32Array(700_001);
      openCuda().download(cells, from ?? 0n);
      expect(cells.every((value, i) => value === i)).toBe(true);
    }));

  it('gives each tenant buffers, and variables of the module, of its own', () =>
    onDevice((requests) => {
      const made = ['a', 'b', 'a'].map((owner) => {
        const part = requests.prepare(work([STENCIL]), owner)[0]?.parts[0];
        return { buffer: part?.arguments.view.getBigUint64(0, true), fn: part?.fn };
      });
      expect(made[0]).toEqual(made[2]);
      expect(made[0]?.buffer).not.toBe(made[1]?.buffer);
      expect(made[0]?.fn).not.toBe(made[1]?.fn);
    }));

  it('runs under the scheduler, in atoms that cover each launch once', () =>
    onDevice(async (requests, device) => {
      const ran = new Map<number, [number, number][]>();
      const scheduler = new Scheduler({
        port: device,
        policy: findPolicy('lithos'),
        tenants: [{ name: 'mine', class: 'be', quotaTpcs: 0 }],
        observer: {
          submissionCompleted: ({ launch, blockBegin, blockEnd }: Submission) => {
            const ranges = ran.get(launch) ?? [];
            ran.set(launch, [...ranges, [blockBegin, blockEnd]]);
          },
        },
      });
      let done = false;
      const queue = scheduler.openStream(0, { synchronized: () => (done = true) });
      const large = { ...FILL, grid: [300_000, 1, 1] } as const;
      const launches = requests.prepare(work([large, { ...large, whole: true }, large]), 'mine');
      await device.advance(1e6);
      launches.forEach((launch, i) => {
        scheduler.launch(queue, launch, 1, 0, i === launches.length - 1 ? 0 : NO_TOKEN);
      });
      const limit = device.now() + 30e9;
      while (!done && device.now() < limit) await device.advance(device.now() + 5e6);
      const ranges = [...ran.values()];
      expect(ranges.map((atoms) => atoms.at(-1)?.[1])).toEqual([300_000, 300_000, 300_000]);
      for (const atoms of ranges) {
        expect(atoms.every(([begin], i) => begin === (atoms[i - 1]?.[1] ?? 0))).toBe(true);
      }
      expect(ranges[1]).toHaveLength(1);
      expect(Math.max(...ranges.map((atoms) => atoms.length))).toBeGreaterThan(1);
    }));

  it.each([
    ['cuModuleLoadDataEx:1:218', 'E_CUDA_CALL', 'shapes.ptx: cuModuleLoadDataEx failed'],
    ['cuMemAlloc_v2:0:2', 'E_CUDA_MEMORY', 'CUDA_ERROR_OUT_OF_MEMORY'],
    ['cuMemcpyHtoD_v2:0:700', 'E_CUDA_LOST', 'cuMemcpyHtoD_v2 failed'],
  ])('says what a driver that fails with %s is asked for', async (fault, code, text) => {
    const refused = onDevice((requests) => {
      control.faults(fault);
      try {
        requests.prepare(work([STENCIL]), 'mine');
        return undefined;
      } catch (error) {
        return error as LithosError;
      } finally {
        control.faults('');
      }
    });
    const error = await refused;
    expect(error).toBeInstanceOf(LithosError);
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(text);
    expect(error?.message).toMatch(/^shapes\.ptx: /);
  });

  it("refuses what is not PTX, with the file's name", async () => {
    const error = await onDevice((_, device) => {
      const requests = new PtxRequests(device, new KernelInterner(), () => 'no PTX');
      try {
        requests.prepare(work([STENCIL]), 'mine');
        return undefined;
      } catch (refusal) {
        return refusal as LithosError;
      }
    });
    expect(error?.message).toMatch(/^shapes\.ptx: PTX, line 1/);
  });
});
