import { KernelInterner, type KernelProfile } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { h200 } from '../devices/h200.ts';
import { always, profileOf, scaling } from '../testing/kernels.ts';
import { prepareProfile } from './sim-kernel.ts';

const KERNELS = [
  { name: 'gemm', blocks: 1000, threads: 256, registersPerThread: 32, ns: scaling(6_600_000) },
  { name: 'copy', blocks: 1, threads: 0, ns: always(3000), dramBytes: 1e6 },
  { name: 'norm', blocks: 40, threads: 128, sharedMemoryBytes: 48 * 1024, ns: always(9000) },
  { name: 'gemm', blocks: 1000, threads: 256, registersPerThread: 32, ns: scaling(3_300_000) },
];
const PROFILE = profileOf(h200, KERNELS, 500);

/** The profile with only these TPC counts measured. */
function measuredAt(tpcCounts: readonly number[]): KernelProfile {
  const durationNs = tpcCounts.map((n) => PROFILE.durationNs[n - 1] ?? []);
  return { ...PROFILE, tpcCounts, durationNs };
}

const onH200 = (profile: KernelProfile, launch: 'graph' | 'stream' = 'graph') =>
  prepareProfile(profile, h200, h200, launch, new KernelInterner());

describe('prepareProfile', () => {
  it.each([[[1, 4, 16, 33, 66]], [[8, 66]], [[66]], [Array.from({ length: 66 }, (_, i) => i + 1)]])(
    'takes what was measured as it is, at %j',
    (counts) => {
      const profile = measuredAt(counts);
      onH200(profile).forEach((work, position) => {
        counts.forEach((n, i) => {
          const measured = profile.durationNs[i]?.[position] ?? Number.NaN;
          expect((work.durationNs[n] ?? 0) / measured).toBeCloseTo(1, 9);
        });
      });
    },
  );

  it('has a positive time at every TPC count, measured or not, on every device', () => {
    for (const device of [h200, a100_40gb]) {
      const works = prepareProfile(
        measuredAt([2, 30, 66]),
        h200,
        device,
        'graph',
        new KernelInterner(),
      );
      for (const { durationNs } of works) {
        expect(durationNs).toHaveLength(device.geometry.tpcs.value + 1);
        for (const ns of durationNs.subarray(1)) {
          expect(ns).toBeGreaterThanOrEqual(1);
          expect(ns).toBeLessThan(1e8);
        }
      }
    }
  });

  it('lies between its neighbours where they were measured', () => {
    const [gemm] = onH200(measuredAt([10, 20, 66]));
    for (let n = 11; n < 20; n++) {
      expect(gemm?.durationNs[n]).toBeLessThan(660_000 * 1.1);
      expect(gemm?.durationNs[n]).toBeGreaterThan(330_000 * 0.9);
    }
  });

  it('keeps positions apart that have the same kernel', () => {
    const works = onH200(PROFILE);
    expect(works.map((w) => w.ordinal)).toEqual([0, 1, 2, 3]);
    expect(works.map((w) => w.kernel.name)).toEqual(['gemm', 'copy', 'norm', 'gemm']);
    expect(works[0]?.kernel).toBe(works[3]?.kernel);
    expect(works[0]?.durationNs[66]).toBeCloseTo(100_000, 6);
    expect(works[3]?.durationNs[66]).toBeCloseTo(50_000, 6);
  });

  it('gives equal shapes one id over all profiles of a run', () => {
    const interner = new KernelInterner();
    const prepare = () => prepareProfile(PROFILE, h200, h200, 'graph', interner);
    expect(prepare().map((w) => w.kernel.id)).toEqual([0, 1, 2, 0]);
    expect(prepare().map((w) => w.kernel.id)).toEqual([0, 1, 2, 0]);
    expect(interner.kernels.map((k) => [k.id, k.name])).toEqual([
      [0, 'gemm'],
      [1, 'copy'],
      [2, 'norm'],
    ]);
  });

  it('works out how many blocks fit a TPC, by hand', () => {
    // gemm: 256 threads fit eight times an SM; norm: 49 KiB of 228 KiB four times.
    expect(onH200(PROFILE).map((w) => w.blocksPerTpc)).toEqual([16, 0, 8, 16]);
    // On an A100, norm has 164 KiB.
    const onA100 = prepareProfile(PROFILE, h200, a100_40gb, 'graph', new KernelInterner());
    expect(onA100.map((w) => w.blocksPerTpc)).toEqual([16, 0, 6, 16]);
  });

  it('does not let copies be cut', () => {
    expect(onH200(PROFILE).map((w) => w.kernel.splittable)).toEqual([true, false, true, true]);
    expect(onH200(PROFILE)[1]?.kernel.blocks).toBe(1);
  });

  it('has the gap of the measured graph, or that of a stream', () => {
    for (const work of onH200(PROFILE)) expect(work.gapNs).toBe(500);
    const stream = h200.launch.streamGapNs.value;
    for (const work of onH200(PROFILE, 'stream')) expect(work.gapNs).toBe(stream);
    const onA100 = prepareProfile(PROFILE, h200, a100_40gb, 'graph', new KernelInterner());
    expect(onA100[0]?.gapNs).toBe(Math.round((500 * 760) / 720));
  });

  it('charges neighbours to launches of a library, and not to synthetic ones', () => {
    const cold = { ...PROFILE.work, coldShare: [0.3, 0, 0, 0] };
    const library = onH200({ ...PROFILE, work: cold });
    const longer = h200.launch.streamGapNs.value - h200.launch.graphGapNs.value;
    expect(library.map((w) => w.sharedGapNs)).toEqual(library.map(() => 500 + longer));
    expect(library.map((w) => w.besideShare)).toEqual([0.38, 0.08, 0.08, 0.08]);
    for (const work of onH200({ ...PROFILE, work: cold, synthetic: true })) {
      expect([work.sharedGapNs, work.besideShare]).toEqual([500, 0]);
    }
  });

  it('takes no more from DRAM than the device can give in the time', () => {
    const greedy = profileOf(h200, [{ blocks: 100, ns: always(1000), dramBytes: 1e12 }], 0);
    const [work] = onH200(greedy);
    expect(work?.dramBytes).toBeCloseTo(1000 * h200.memory.dramBytesPerNs.value, 3);
  });
});
