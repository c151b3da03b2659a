import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { type Done, Rig } from '../testing/rig.ts';

const US = 1000;
const GAP = 1000;
/** Blocks of 1024 threads that the device holds at once: two an SM. */
const WAVE = 216;

/** A kernel of whole waves, each of which takes `waveNs`. */
const waves = (n: number, waveNs: number) =>
  kernelOf(a100_40gb, { blocks: n * WAVE, ns: always(n * waveNs) }, GAP);
const oneBlock = kernelOf(a100_40gb, { blocks: 1, ns: always(20 * US) }, GAP);

/** `first` from time 0, and `second` from `at`. */
function pair(
  first: { work: ReturnType<typeof waves>; priority?: number },
  second: { work: ReturnType<typeof waves>; priority?: number; at: number },
): [Done, Done] {
  const rig = new Rig(a100_40gb);
  const [a, b] = [rig.stream(), rig.stream()];
  rig.submit(a, first.work, { priority: first.priority ?? 0 });
  rig.at(second.at, () => rig.submit(b, second.work, { priority: second.priority ?? 0 }));
  const done = rig.run(100_000 * US);
  expect(done).toHaveLength(2);
  return done as [Done, Done];
}

describe('a more urgent grid', () => {
  const long = waves(100, 100 * US);

  it('of one block waits for a block to end, not for the grid that fills the device', () => {
    for (const at of [1, 3033, 7777].map((us) => us * US)) {
      const [first, second] = pair({ work: long }, { work: oneBlock, priority: 5, at });
      expect(second.startNs).toBeGreaterThanOrEqual(at + GAP);
      expect(second.startNs).toBeLessThanOrEqual(at + GAP + 100 * US);
      expect(second.endNs).toBeGreaterThanOrEqual(second.startNs + 20 * US);
      expect(second.endNs).toBeLessThanOrEqual(at + GAP + 2 * 100 * US);
      // One block out of 216 is all that the other lost.
      expect(first.endNs).toBeGreaterThanOrEqual(GAP + 10_000 * US);
      expect(first.endNs).toBeLessThan(GAP + 10_200 * US);
    }
  });

  it('of many blocks has the device to itself within a few of the other’s blocks', () => {
    const at = 2000 * US;
    const [first, second] = pair({ work: long }, { work: waves(10, 100 * US), priority: 5, at });
    expect(second.endNs).toBeGreaterThanOrEqual(at + GAP + 1000 * US);
    expect(second.endNs).toBeLessThan(at + GAP + 1300 * US);
    // The device is full all the time, so both together take as long as one after the other, within
    // a block: slots change hands as waves end.
    expect(first.endNs).toBeGreaterThanOrEqual(GAP + 10_900 * US);
    expect(first.endNs).toBeLessThan(GAP + 11_300 * US);
  });

  it('evicts nothing: it waits for blocks that are long', () => {
    const at = 100 * US;
    const [first, second] = pair(
      { work: waves(1, 5000 * US) },
      { work: waves(1, 50 * US), priority: 5, at },
    );
    expect(second.startNs).toBeGreaterThan(at + 1000 * US);
    expect(first.endNs).toBe(GAP + 5000 * US);
  });
});

describe('of equally urgent grids', () => {
  it('the younger gets slots when the older has no block left to place', () => {
    const [older, younger] = pair(
      { work: waves(4, 1000 * US) },
      { work: waves(1, 1000 * US), at: 500 * US },
    );
    expect(older.endNs).toBe(GAP + 4000 * US);
    // Three of four waves have been placed and ended by then.
    expect(younger.startNs).toBeGreaterThanOrEqual(GAP + 3000 * US);
    expect(younger.startNs).toBeLessThanOrEqual(GAP + 4000 * US);
    expect(younger.endNs).toBeGreaterThanOrEqual(GAP + 4000 * US);
    expect(younger.endNs).toBeLessThanOrEqual(GAP + 5000 * US + 1);
  });

  it('even a small one waits', () => {
    const [older, younger] = pair(
      { work: waves(100, 100 * US) },
      { work: oneBlock, at: 3000 * US },
    );
    expect(older.endNs).toBe(GAP + 10_000 * US);
    expect(younger.startNs).toBeGreaterThanOrEqual(GAP + 9900 * US);
  });

  it('the younger begins at once where the older leaves room', () => {
    const half = kernelOf(a100_40gb, { blocks: WAVE / 2, ns: always(1000 * US) }, GAP);
    const [older, younger] = pair({ work: half }, { work: half, at: 100 * US });
    expect([older.startNs, older.endNs]).toEqual([GAP, GAP + 1000 * US]);
    expect(younger.startNs).toBeGreaterThanOrEqual(100 * US + GAP);
    expect(younger.startNs).toBeLessThan(110 * US);
    expect(younger.endNs - younger.startNs).toBe(1000 * US);
  });
});

describe('a less urgent grid', () => {
  it('that comes first does not keep its urgent follower from going on', () => {
    const rig = new Rig(a100_40gb);
    const [be, hp] = [rig.stream(), rig.stream()];
    rig.submit(be, waves(50, 200 * US));
    for (let i = 0; i < 10; i++) rig.submit(hp, oneBlock, { priority: 5 });
    const urgent = rig.run(100_000 * US).filter((d) => d.stream === hp);
    // Ten times a gap, a block of the other at most, and its own 20 us.
    expect(urgent.at(-1)?.endNs).toBeLessThan(10 * (GAP + 200 * US + 40 * US));
  });

  it('waits while more urgent ones fill the device, and then runs', () => {
    const rig = new Rig(a100_40gb);
    const [be, hp] = [rig.stream(), rig.stream()];
    rig.submit(hp, waves(3, 1000 * US), { priority: 5 });
    rig.submit(be, oneBlock);
    const [first, second] = rig.run(100_000 * US);
    expect(first?.endNs).toBe(GAP + 3000 * US);
    expect(second?.startNs).toBeGreaterThanOrEqual(GAP + 2000 * US);
    expect(second?.endNs).toBeLessThan(GAP + 3100 * US);
  });
});
