import { type TenantSpec, TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { kernelOf } from '../testing/kernels.ts';
import { type Ended, Scheduled } from '../testing/scheduled.ts';

const US = 1000;
const MS = 1000 * US;
const SECOND = 1000 * MS;
const VICTIM = 0;
const HOSTILE = 1;
const TENANTS: readonly TenantSpec[] = [
  { name: 'victim', class: 'hp', quotaTpcs: 40 },
  { name: 'hostile', class: 'be', quotaTpcs: 0 },
];

/** Blocks of 1,024 threads of 50 us each; two fit an SM. */
const blocksOf = (blocks: number): SimKernel =>
  kernelOf(a100_40gb, {
    blocks,
    threads: 1024,
    ns: (n) => 50 * US * Math.max(1, blocks / (4 * n)),
  });
/** Of the victim: 200 us on its quota. */
const REQUEST = blocksOf(640);
/** Of the hostile tenant: 200 us on the whole device, so never cut by its prediction. */
const SHORT = blocksOf(864);
const WHOLE: SimKernel = { ...SHORT, kernel: { ...SHORT.kernel, id: 7, splittable: false } };
const PERIOD = 5 * MS;
const REQUESTS = 100;

/** The victim's requests, one every 5 ms, beside whatever `attack` does. */
function beside(attack: (bench: Scheduled) => void, streams = 1): Scheduled {
  const bench = new Scheduled({ file: a100_40gb, tenants: TENANTS, streams });
  for (let i = 0; i < REQUESTS; i++) bench.launch(20 * MS + i * PERIOD, VICTIM, REQUEST);
  attack(bench);
  bench.run(20 * MS + REQUESTS * PERIOD + 3 * SECOND);
  return bench;
}

/** From launch to end, of each request. */
const latencies = (bench: Scheduled): readonly number[] =>
  bench.endedOf(VICTIM).map((e) => e.endNs - e.submittedNs);

/** An honest tenant: a launch of 200 us every millisecond. */
const honest = (bench: Scheduled, untilNs = 520 * MS): void => {
  for (let at = 0; at < untilNs; at += MS) bench.launch(at, HOSTILE, SHORT);
};

const QUIET = Math.max(...latencies(beside(honest)));
/** The longest that a block of the hostile tenant takes when it lies: what nobody can take away. */
const worst = (bench: Scheduled, scale: number): number => {
  const atoms: readonly Ended[] = bench.endedOf(HOSTILE);
  return Math.max(...atoms.map((e) => e.endNs - e.startNs), 50 * US * scale);
};

describe('beside a tenant that lies, a high-priority tenant', () => {
  it('waits for at most one atom of a kernel that takes 1,000 times longer than predicted', () => {
    const lie = 1000;
    const bench = beside((b) => {
      honest(b, 99 * MS);
      b.launch(99 * MS, HOSTILE, SHORT, lie);
    });
    const late = latencies(bench).filter((ns) => ns > QUIET);
    expect(latencies(bench)).toHaveLength(REQUESTS);
    expect(Math.max(...late)).toBeLessThanOrEqual(QUIET + worst(bench, lie));
    // The kernel takes 200 ms in one atom; all that came meanwhile was late, and nothing after it.
    const after = latencies(bench).slice(-30);
    expect(Math.max(...after)).toBeLessThanOrEqual(QUIET);
  });

  it('keeps about half of its quota when a kernel that nobody knows never ends', () => {
    const bench = beside((b) => b.launch(MS, HOSTILE, SHORT, 1e6));
    const all = latencies(bench);
    expect(all).toHaveLength(REQUESTS);
    // 640 blocks on the SMs that are left to it: 20 of its 40 TPCs, twice the time.
    expect(Math.max(...all)).toBeLessThanOrEqual(2 * QUIET + 100 * US);
    expect(bench.incidents).toMatchObject([{ tenant: HOSTILE, kind: 'overdue' }]);
    expect(bench.incidents[0]?.detail).toMatch(/has not ended after 1\d{3}\.\d{3} ms/);
  });

  it('loses no more to one that launches endless kernels into many streams', () => {
    const bench = beside((b) => {
      for (let stream = 0; stream < 4; stream++) b.launch(MS, HOSTILE, WHOLE, 1e6, stream);
      for (let i = 0; i < 50; i++) b.launch(1500 * MS + i * MS, HOSTILE, WHOLE, 1e6, i % 4);
    }, 4);
    expect(latencies(bench)).toHaveLength(REQUESTS);
    expect(Math.max(...latencies(bench))).toBeLessThanOrEqual(2 * QUIET + 100 * US);
    const held = bench.queues[HOSTILE]?.map((q) => q.tpcsInFlight()) ?? [];
    const all = held.reduce((set, tpcs) => set.union(tpcs));
    expect(all.intersection(TpcSet.range(0, 40)).size).toBeLessThanOrEqual(20);
  });

  it('does not notice a burst of 100,000 launches', () => {
    const bench = beside((b) =>
      b.at(50 * MS, () => {
        const queue = b.queues[HOSTILE]?.[0];
        if (queue === undefined) throw new Error('the hostile tenant has no stream');
        for (let i = 0; i < 100_000; i++) b.scheduler.launch(queue, SHORT);
      }),
    );
    expect(latencies(bench)).toHaveLength(REQUESTS);
    // One atom of a quantum may be running when a request comes.
    expect(Math.max(...latencies(bench))).toBeLessThanOrEqual(QUIET + 500 * US);
  });

  it('does not notice one that vanishes in mid-kernel, and nothing of that one runs any more', () => {
    const bench = beside((b) => {
      for (let i = 0; i < 1000; i++) b.launch(i * 10 * US, HOSTILE, SHORT);
      b.at(60 * MS, () => b.scheduler.closeTenant(HOSTILE));
    });
    expect(latencies(bench)).toHaveLength(REQUESTS);
    expect(Math.max(...latencies(bench).slice(9))).toBeLessThanOrEqual(QUIET);
    expect(bench.endedOf(HOSTILE).at(-1)?.submittedNs).toBeLessThanOrEqual(60 * MS);
    expect(bench.queues[HOSTILE]?.map((q) => [q.length, q.outstanding])).toEqual([[0, 0]]);
    expect(bench.incidents).toMatchObject([{ atNs: 60 * MS, tenant: HOSTILE, kind: 'left' }]);
  });
});

describe('when an owner leaves', () => {
  it('its quota can be stolen at once', () => {
    const bench = new Scheduled({ file: a100_40gb, tenants: TENANTS });
    for (let i = 0; i < 1000; i++) bench.launch(0, VICTIM, REQUEST);
    for (let i = 0; i < 1000; i++) bench.launch(0, HOSTILE, SHORT);
    bench.at(10 * MS, () => bench.scheduler.closeTenant(VICTIM));
    bench.run(20 * MS);
    const wide = bench.endedOf(HOSTILE).find((e) => e.tpcs.size === 54);
    expect(wide?.submittedNs).toBeLessThanOrEqual(11 * MS);
    expect(() => bench.scheduler.launch(bench.queues[VICTIM]?.[0] as never, REQUEST)).toThrow(
      'has left',
    );
  });
});

describe('a tenant that is confined', () => {
  it('steals again when its atom has ended after all', () => {
    const bench = new Scheduled({ file: a100_40gb, tenants: TENANTS, streams: 2 });
    bench.launch(0, HOSTILE, SHORT);
    // Some 2 s.
    bench.launch(10 * MS, HOSTILE, WHOLE, 10_000);
    for (let i = 0; i < 200; i++) bench.launch(1500 * MS + i * MS, HOSTILE, SHORT, 1, 1);
    for (let i = 0; i < 200; i++) bench.launch(6 * SECOND + i * MS, HOSTILE, SHORT, 1, 1);
    bench.run(8 * SECOND);
    expect(bench.incidents.map((i) => i.kind)).toEqual(['overdue', 'recovered']);
    const confined = bench
      .endedOf(HOSTILE)
      .filter((e) => e.submittedNs > 1400 * MS && e.submittedNs < 1800 * MS);
    const long = bench.ended.find((e) => e.endNs - e.startNs > SECOND && e.blocks === 864);
    for (const e of confined) expect(e.tpcs.isSubsetOf(long?.tpcs ?? TpcSet.EMPTY)).toBe(true);
    expect(confined.length).toBeGreaterThan(0);
    expect(bench.endedOf(HOSTILE).at(-1)?.tpcs.size).toBe(54);
  });
});
