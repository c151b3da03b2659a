import { type TenantSpec, TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { kernelOf } from '../testing/kernels.ts';
import { Scheduled } from '../testing/scheduled.ts';

const US = 1000;
const MS = 1000 * US;
const SECOND = 1000 * MS;

let ids = 100;
/** Blocks of 1,024 threads of `us` each; two fit an SM. */
function blocksOf(blocks: number, us = 50, shape: Partial<SimKernel['kernel']> = {}): SimKernel {
  const work = kernelOf(a100_40gb, {
    blocks,
    threads: 1024,
    ns: (n) => us * US * Math.max(1, blocks / (4 * n)),
  });
  return { ...work, kernel: { ...work.kernel, id: ids++, ...shape } };
}

const hp = (name: string, quotaTpcs: number): TenantSpec => ({ name, class: 'hp', quotaTpcs });
const be = (name: string): TenantSpec => ({ name, class: 'be', quotaTpcs: 0 });

describe('timers of TPCs', () => {
  it.each([1, 2, 4])('do not outlast work in %i streams of an owner', (streams) => {
    const bench = new Scheduled({ file: a100_40gb, tenants: [hp('a', 54), be('c')], streams });
    const half = blocksOf(54, 1000);
    for (let s = 0; s < streams; s++) {
      for (let i = 0; i < 500; i++) bench.launch(0, 0, half, 1, s);
    }
    for (let i = 0; i < 50; i++) bench.launch(100 * MS + i * MS, 1, blocksOf(864));
    bench.run(4 * SECOND);
    const ownerEnds = bench.endedOf(0).at(-1)?.endNs ?? Number.NaN;
    expect(bench.endedOf(1)[0]?.submittedNs).toBeLessThanOrEqual(ownerEnds + 100 * US);
  });

  it('let thieves that share a TPC take turns', () => {
    const tenants = [hp('a', 53), be('x'), be('y'), be('z')];
    const bench = new Scheduled({ file: a100_40gb, tenants });
    for (let i = 0; i < 8000; i++) bench.launch(i * 100 * US, 0, blocksOf(53 * 4, 95));
    const work = blocksOf(1, 450);
    for (const tenant of [1, 2, 3]) {
      for (let i = 0; i < 3000; i++) bench.launch(0, tenant, work);
    }
    bench.run(800 * MS);
    const done = [1, 2, 3].map((tenant) => bench.endedOf(tenant).length);
    expect(Math.min(...done)).toBeGreaterThan(0.9 * Math.max(...done));
  });

  it('keep a thief off TPCs with long work before them', () => {
    const bench = new Scheduled({ file: a100_40gb, tenants: [hp('a', 54), be('x'), be('y')] });
    const whole = blocksOf(864, 5000, { splittable: false });
    for (let i = 0; i < 3; i++) bench.launch(i * 200 * MS, 1, whole);
    bench.launch(601 * MS, 2, blocksOf(864));
    bench.run(2 * SECOND);
    const [last] = bench.endedOf(1).slice(-1);
    for (const e of bench.endedOf(2)) {
      if (e.submittedNs < (last?.endNs ?? 0))
        expect(e.tpcs.intersects(last?.tpcs ?? e.tpcs)).toBe(false);
    }
  });
});

describe('persistent kernels', () => {
  it('run on their tenant’s own TPCs, of which it is told', () => {
    const bench = new Scheduled({ file: a100_40gb, tenants: [hp('a', 20), hp('b', 34)] });
    expect(bench.scheduler.placements).toMatchObject([{ visibleTpcs: 20 }, { visibleTpcs: 34 }]);
    const persistent = blocksOf(80, 50, { splittable: false, persistent: true });
    for (let i = 0; i < 10; i++) bench.launch(i * MS, 0, persistent);
    const ordinary = blocksOf(80);
    for (let i = 10; i < 20; i++) bench.launch(i * MS, 0, ordinary);
    bench.run(SECOND);
    const [early, late] = [bench.endedOf(0).slice(0, 10), bench.endedOf(0).slice(-5)];
    for (const e of early) expect(`${e.tpcs}`).toBe('0-19');
    for (const e of late) expect(e.tpcs.size).toBe(54);
  });

  it('fit the quota that the best-effort minimum leaves', () => {
    const bench = new Scheduled({
      file: a100_40gb,
      tenants: [hp('a', 54), be('c')],
      parameters: { 'best-effort.minimum-share': 0.5 },
    });
    expect(bench.scheduler.placements[0]).toMatchObject({ visibleTpcs: 27 });
  });
});

describe('the best-effort minimum', () => {
  it('gives best-effort work its share beside an owner that never pauses', () => {
    const sizes = (minimum: number): number[] => {
      const bench = new Scheduled({
        file: a100_40gb,
        tenants: [hp('a', 54), be('c')],
        parameters: { 'best-effort.minimum-share': minimum },
      });
      for (let i = 0; i < 2000; i++) bench.launch(0, 0, blocksOf(864));
      for (let i = 0; i < 100; i++) bench.launch(10 * MS, 1, blocksOf(864));
      bench.run(100 * MS);
      return [...new Set(bench.endedOf(1).map((e) => e.tpcs.size))];
    };
    expect(sizes(0)).toEqual([]);
    expect(sizes(0.25)).toEqual([14]);
  });
});

describe('with right-sizing', () => {
  const small = blocksOf(16, 80);

  it('best-effort work runs on all that an owner leaves free', () => {
    const bench = new Scheduled({
      file: a100_40gb,
      tenants: [hp('a', 27), hp('b', 27), be('c')],
      parameters: { 'right-sizing': 1 },
    });
    for (let i = 0; i < 3000; i++) bench.launch(i * 90 * US, 0, small);
    for (let i = 0; i < 1000; i++) bench.launch(0, 2, blocksOf(864));
    bench.run(250 * MS);
    const owner = bench.endedOf(0).at(-1)?.tpcs ?? TpcSet.EMPTY;
    expect(owner.size).toBeLessThanOrEqual(5);
    const thief = bench.endedOf(2).slice(-20);
    expect(Math.max(...thief.map((e) => e.tpcs.size))).toBeGreaterThanOrEqual(49);
  });

  it('an owner that needs more than it has gets what another does not need', () => {
    const bench = new Scheduled({
      file: a100_40gb,
      tenants: [hp('a', 44), hp('b', 10)],
      parameters: { 'right-sizing': 1 },
    });
    for (let i = 0; i < 6000; i++) bench.launch(0, 0, small);
    const much = blocksOf(8640);
    for (let i = 0; i < 300; i++) bench.launch(0, 1, much);
    bench.run(400 * MS);
    const sizes = bench.endedOf(1).map((e) => e.tpcs.size);
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(45);
  });

  it('streams of one tenant keep out of each other’s way', () => {
    const bench = new Scheduled({
      file: a100_40gb,
      tenants: [hp('a', 54)],
      streams: 3,
      parameters: { 'right-sizing': 1 },
    });
    for (let s = 0; s < 3; s++) for (let i = 0; i < 500; i++) bench.launch(0, 0, small, 1, s);
    bench.run(30 * MS);
    const sets = bench.queues[0]?.map((q) => q.oldestInFlight()?.tpcs ?? TpcSet.EMPTY) ?? [];
    expect(sets[0]?.intersects(sets[1] ?? TpcSet.EMPTY)).toBe(false);
    expect(sets[0]?.intersects(sets[2] ?? TpcSet.EMPTY)).toBe(false);
  });
});

describe('without stealing', () => {
  const options = { file: a100_40gb, tenants: [hp('a', 54), be('c')], parameters: { stealing: 0 } };

  it('best-effort work may wait for ever for an owner that is idle', () => {
    const bench = new Scheduled(options);
    bench.launch(0, 0, blocksOf(864));
    for (let i = 0; i < 10; i++) bench.launch(20 * MS, 1, blocksOf(864));
    bench.run(20 * SECOND);
    expect(bench.endedOf(1)).toEqual([]);
  });

  it('a quota is free as soon as its owner has left', () => {
    const bench = new Scheduled(options);
    bench.launch(0, 0, blocksOf(864));
    bench.at(10 * MS, () => bench.scheduler.closeTenant(0));
    for (let i = 0; i < 10; i++) bench.launch(20 * MS, 1, blocksOf(864));
    bench.run(20 * SECOND);
    expect(bench.endedOf(1).filter((e) => e.last)).toHaveLength(10);
  });
});
