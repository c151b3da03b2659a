import { describe, expect, it } from 'vitest';
import type { LaunchQueue } from '../../launch-queue.ts';
import { be, hp, launchable } from '../../testing/fixtures.ts';
import { BLOCKS_PER_TPC, lithosBench } from '../../testing/lithos-bench.ts';
import { MS, US } from '../../units.ts';

const WAVE = 8 * BLOCKS_PER_TPC;
/** 1 s on eight TPCs: who launches it has work all the time. */
const ENDLESS = launchable(100_000 * WAVE);
/** 50 us on eight TPCs. */
const SHORT = launchable(5 * WAVE);

/** An owner of `quota` of the eight TPCs, and a thief with endless work that began at time 0. */
function ownerAndThief(quota: number, parameters: Readonly<Record<string, number>> = {}) {
  const bench = lithosBench([hp('owner', quota), be('thief')], parameters);
  const [owner, thief] = bench.queues as [LaunchQueue, LaunchQueue];
  bench.scheduler.launch(thief, ENDLESS);
  const submitted = (tenant: number) => bench.port.log.filter((s) => s.tenant === tenant);
  return { ...bench, owner, thief, submitted };
}

describe('under LithOS a best-effort tenant', () => {
  it('steals the whole device while nobody else has work, in atoms of low priority', () => {
    const { port, scheduler, owner, submitted } = ownerAndThief(8);
    port.advance(20 * MS);
    const atoms = submitted(1);
    expect(atoms.length).toBeGreaterThan(10);
    scheduler.launch(owner, SHORT);
    port.settle();
    for (const s of atoms) {
      // Until the first one ends nobody knows how long it takes.
      const tpcs = s.submittedNs === 0 ? '0-3' : '0-7';
      expect([s.tpcs, s.stolen]).toEqual([tpcs, tpcs]);
      expect(s.priority).toBeLessThan(submitted(0)[0]?.priority ?? 0);
    }
  });

  it('leaves the owner its TPCs from the next atom on', () => {
    const { port, scheduler, queues } = lithosBench([hp('a', 6), hp('b', 2), be('thief')]);
    scheduler.launch(queues[1] as LaunchQueue, ENDLESS);
    scheduler.launch(queues[2] as LaunchQueue, ENDLESS);
    port.advance(20 * MS);
    // Of a's six idle TPCs, the two highest: the other owner steals too.
    expect(port.log.findLast((s) => s.tenant === 2)).toMatchObject({ tpcs: '4-5', stolen: '4-5' });
    const before = port.log.length;
    scheduler.launch(queues[0] as LaunchQueue, ENDLESS);
    port.settle();
    expect(port.log.findLast((s) => s.tenant === 0)).toMatchObject({
      tpcs: '0-5',
      stolen: '',
      submittedNs: 20 * MS,
    });
    port.advance(40 * MS);
    expect(port.log.slice(before).filter((s) => s.tenant === 2)).toEqual([]);
  });

  it('uses what no quota covers, which is not stolen, at low priority', () => {
    const { port, scheduler, owner, submitted } = ownerAndThief(4);
    scheduler.launch(owner, ENDLESS);
    port.advance(100 * MS);
    const last = submitted(1).at(-1);
    expect(submitted(0).at(-1)).toMatchObject({ tpcs: '0-6', stolen: '' });
    expect(last).toMatchObject({ tpcs: '7', stolen: '' });
    expect(last?.priority).toBeLessThan(submitted(0).at(-1)?.priority ?? 0);
  });

  it('waits while the owner of all TPCs works, and goes on when it has paused for long enough', () => {
    const { port, scheduler, owner, thief, submitted } = ownerAndThief(8, {
      'stealing.after': 70 * US,
    });
    port.advance(10 * MS);
    scheduler.launch(owner, launchable(100 * WAVE));
    port.advance(11 * MS - 1);
    // Its atom of before has ended, at 10.5 ms at the latest, and no other was begun.
    expect(thief.outstanding).toBe(0);
    const before = submitted(1).length;
    // The owner ends at 11 ms; its TPCs can be stolen 70 us later.
    port.advance(11 * MS + 70 * US - 1);
    expect(owner.outstanding).toBe(0);
    expect(submitted(1)).toHaveLength(before);
    port.advance(11 * MS + 70 * US);
    expect(submitted(1)).toHaveLength(before + 1);
    expect(submitted(1).at(-1)?.tpcs).toBe('0-7');
  });

  it('gets nothing in an owner’s pauses that are shorter than that', () => {
    const { port, scheduler, owner, submitted } = ownerAndThief(8);
    scheduler.launch(owner, SHORT);
    const before = submitted(1).length;
    for (let i = 1; i <= 50; i++) {
      // 50 us of work on eight TPCs, then 40 us of pause.
      port.advance(i * 90 * US);
      scheduler.launch(owner, SHORT);
    }
    port.settle();
    expect(submitted(0)).toHaveLength(51);
    expect(submitted(1)).toHaveLength(before);
  });

  it('gets nothing when an owner that had paused comes back and pauses again', () => {
    const { port, scheduler, owner, submitted } = ownerAndThief(8);
    scheduler.launch(owner, SHORT);
    const before = submitted(1).length;
    // Works until 50 us, and from 80 to 90 us: the first pause would have been 50 us long at 100 us.
    port.advance(80 * US);
    scheduler.launch(owner, launchable(WAVE));
    port.advance(140 * US - 1);
    expect(submitted(1)).toHaveLength(before);
    port.advance(140 * US);
    expect(submitted(1).length).toBeGreaterThan(before);
  });

  it('gets what no quota covers, and nothing else, with stealing off', () => {
    const covered = ownerAndThief(8, { stealing: 0 });
    covered.port.advance(100 * MS);
    expect(covered.submitted(1)).toEqual([]);
    const half = ownerAndThief(4, { stealing: 0 });
    half.port.advance(100 * MS);
    expect(new Set(half.submitted(1).map((s) => s.tpcs))).toEqual(new Set(['4-7']));
  });
});

describe('under LithOS a high-priority tenant', () => {
  it('adds idle TPCs to its own, less urgent than owners and more than best-effort work', () => {
    const { port, scheduler, queues } = lithosBench([hp('a', 4), hp('b', 4), be('c')]);
    const [a, b, c] = queues as [LaunchQueue, LaunchQueue, LaunchQueue];
    scheduler.launch(a, ENDLESS);
    scheduler.launch(c, ENDLESS);
    port.advance(10 * MS);
    const thief = port.log.findLast((s) => s.tenant === 0);
    const bestEffort = port.log.findLast((s) => s.tenant === 2);
    expect([thief?.tpcs, thief?.stolen]).toEqual(['0-6', '4-6']);
    expect(bestEffort?.tpcs).toBe('7');
    scheduler.launch(b, ENDLESS);
    port.advance(20 * MS);
    const owner = port.log.findLast((s) => s.tenant === 1);
    expect(owner?.tpcs).toBe('4-7');
    expect(port.log.findLast((s) => s.tenant === 0)?.tpcs).toBe('0-3');
    expect(owner?.priority).toBeGreaterThan(thief?.priority ?? Number.NaN);
    expect(thief?.priority).toBeGreaterThan(bestEffort?.priority ?? Number.NaN);
  });

  it('keeps to its own TPCs with stealing off', () => {
    const { port, scheduler, queues } = lithosBench([hp('a', 4), hp('b', 4)], { stealing: 0 });
    scheduler.launch(queues[0] as LaunchQueue, ENDLESS);
    scheduler.launch(queues[0] as LaunchQueue, SHORT);
    port.advance(10_000 * MS);
    expect(port.log.map((s) => [s.tpcs, s.stolen])).toEqual([
      ['0-3', ''],
      ['0-3', ''],
    ]);
  });
});
