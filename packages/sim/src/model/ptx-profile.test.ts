import { KernelInterner, type PtxLaunch, type PtxWork } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { DEVICES, findDevice } from '../devices/registry.ts';
import { ptxProfile } from './ptx-profile.ts';
import { prepareProfile } from './sim-kernel.ts';

const LAUNCH: PtxLaunch = {
  kernel: 'step',
  grid: [100, 10, 1],
  block: [256, 1, 1],
  sharedBytes: 1024,
  arguments: [],
  repeat: 2,
  timeNs: 200_000,
  whole: false,
};
const work = (...launches: Partial<PtxLaunch>[]): PtxWork => ({
  path: 'kernels/mine.ptx',
  buffers: [],
  launches: launches.map((launch) => ({ ...LAUNCH, ...launch })),
});

const prepare = (request: PtxWork, id = 'h200') => {
  const device = findDevice(id);
  return prepareProfile(ptxProfile(request, device), device, device, 'graph', new KernelInterner());
};

describe('a request of own kernels in the simulator', () => {
  it.each(DEVICES.map((d) => [d.id]))(
    'takes the stated time on all of %s, and longer on less',
    (id) => {
      const tpcs = findDevice(id).geometry.tpcs.value;
      const [first, second, ...rest] = prepare(work({}), id);
      expect(rest).toEqual([]);
      expect(second?.ordinal).toBe(1);
      expect(first?.durationNs[tpcs]).toBe(200_000);
      for (let n = 2; n <= tpcs; n++) {
        const [fewer = 0, more = 0] = [first?.durationNs[n - 1], first?.durationNs[n]];
        expect(fewer).toBeGreaterThanOrEqual(more);
      }
      expect(first?.durationNs[1]).toBeGreaterThan(20 * 200_000);
      expect(first?.gapNs).toBe(findDevice(id).launch.graphGapNs.value);
      expect(Number.isFinite(first?.dynamicNj)).toBe(true);
    },
  );

  it('goes in waves: a grid that half the device holds is no faster on all of it', () => {
    const [one] = prepare(work({ grid: [66, 1, 1] }));
    const [half = 0, all = 0] = [one?.durationNs[33], one?.durationNs[66]];
    expect(half).toBeLessThan(1.1 * all);
  });

  it('is cut as its module allows, and never against the scenario', () => {
    const module = { staticSharedBytes: 512 };
    const splittable = { kind: 'splittable' } as const;
    const [anywhere, unknown, whole, clusters, stated] = prepare(
      work(
        { repeat: 1, module: { ...module, splitting: splittable } },
        { repeat: 1 },
        {
          repeat: 1,
          module: { ...module, splitting: { kind: 'whole', reasons: ['it waits'], waits: true } },
        },
        {
          repeat: 1,
          module: { ...module, splitting: { kind: 'cluster-multiple', clusterBlocks: 4 } },
        },
        { repeat: 1, module: { ...module, splitting: splittable }, whole: true },
      ),
    );
    expect(anywhere?.kernel).toMatchObject({
      splittable: true,
      clusterSize: 1,
      sharedMemoryBytes: 1536,
    });
    expect(unknown?.kernel).toMatchObject({ splittable: true, sharedMemoryBytes: 1024 });
    expect(whole?.kernel).toMatchObject({ splittable: false, clusterSize: 1, persistent: true });
    expect(anywhere?.kernel.persistent).toBeUndefined();
    expect(clusters?.kernel).toMatchObject({ splittable: true, clusterSize: 4 });
    expect(stated?.kernel).toMatchObject({ splittable: false });
  });

  it('needs a time of every launch', () => {
    const { timeNs: _, ...untimed } = LAUNCH;
    const request = { ...work({}), launches: [untimed] };
    expect(() => ptxProfile(request, findDevice('h200'))).toThrow(
      "kernels/mine.ptx: the simulator cannot tell how long kernel 'step' takes",
    );
  });
});
