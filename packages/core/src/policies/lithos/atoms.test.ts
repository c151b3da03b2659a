import { describe, expect, it } from 'vitest';
import type { LaunchQueue } from '../../launch-queue.ts';
import type { Submitted } from '../../testing/fake-port.ts';
import { be, hp, launchable } from '../../testing/fixtures.ts';
import { BLOCKS_PER_TPC, lithosBench, WAVE_NS } from '../../testing/lithos-bench.ts';
import { MS, SECOND, US } from '../../units.ts';

const QUANTUM = 500 * US;
/** Blocks that the eight TPCs of the bench hold at once. */
const WAVE = 8 * BLOCKS_PER_TPC;
/** Takes 10 ms on them. */
const LONG = launchable(1000 * WAVE);

/** Runs a kernel three times and returns the atoms of the last, whose length is known by then. */
function learntAtoms(
  tenant: 'owner' | 'thief',
  work = LONG,
  parameters: Readonly<Record<string, number>> = {},
): Submitted[] {
  const tenants = tenant === 'owner' ? [hp('a', 8)] : [be('a'), hp('idle', 8)];
  const { port, scheduler, queues } = lithosBench(tenants, parameters);
  const queue = queues[0] as LaunchQueue;
  for (let i = 0; i < 3; i++) {
    scheduler.launch(queue, work);
    port.advance(port.now() + SECOND);
  }
  return port.log.filter((s) => s.launch === 2);
}

const lengthNs = (s: Submitted): number => ((s.blockEnd - s.blockBegin) / WAVE) * WAVE_NS;

/** Contiguous, and all of about this length but the last, which may be shorter. */
function expectAtoms(atoms: readonly Submitted[], blocks: number, quantumNs: number): void {
  expect(atoms.at(-1)?.blockEnd).toBe(blocks);
  atoms.forEach((s, i) => {
    expect(s.blockBegin).toBe(atoms[i - 1]?.blockEnd ?? 0);
    expect(s.atom).toBe(i);
    expect(s.last).toBe(i === atoms.length - 1);
    expect(lengthNs(s)).toBeLessThanOrEqual(quantumNs);
    if (!s.last) expect(lengthNs(s)).toBeGreaterThan(quantumNs / 2);
  });
}

describe('LithOS cuts a long kernel on stolen TPCs', () => {
  it('into atoms of about the quantum that cover its grid', () => {
    const atoms = learntAtoms('thief');
    expectAtoms(atoms, 1000 * WAVE, QUANTUM);
    for (const s of atoms) expect(s.predictedNs / lengthNs(s)).toBeCloseTo(1, 6);
  });

  it('by the quantum it is told', () => {
    const atoms = learntAtoms('thief', LONG, { 'atomizer.quantum': 2 * MS });
    expectAtoms(atoms, 1000 * WAVE, 2 * MS);
  });

  it('into whole waves, as a part of one takes as long as all of it', () => {
    for (const s of learntAtoms('thief')) expect(s.blockBegin % WAVE).toBe(0);
  });

  it('at whole clusters', () => {
    // 144 is not a divisor of a wave.
    const atoms = learntAtoms('thief', launchable(144_000, { clusterSize: 144 }));
    expect(atoms.length).toBeGreaterThan(5);
    for (const s of atoms) expect(s.blockBegin % 144).toBe(0);
  });

  it('from its first run, of which it knows nothing', () => {
    const { port, scheduler, queues } = lithosBench([be('a'), hp('idle', 8)]);
    scheduler.launch(queues[0] as LaunchQueue, LONG);
    port.advance(SECOND);
    expectCovered(port.log, 1000 * WAVE);
    for (const s of port.log) expect(lengthNs(s)).toBeLessThanOrEqual(QUANTUM);
  });

  it('but not if it is short, cannot be split, or the atomizer is off', () => {
    expect(learntAtoms('thief', launchable(49 * WAVE))).toHaveLength(1);
    expect(learntAtoms('thief', launchable(1000 * WAVE, { splittable: false }))).toHaveLength(1);
    expect(learntAtoms('thief', LONG, { atomizer: 0 })).toHaveLength(1);
  });

  it('but never on the TPCs of its owner', () => {
    expect(learntAtoms('owner')).toHaveLength(1);
    expect(learntAtoms('owner', LONG, { 'atomizer.quantum': 10 * US })).toHaveLength(1);
  });
});

function expectCovered(atoms: readonly Submitted[], blocks: number): void {
  expect(atoms.map((s) => s.blockBegin)).toEqual([0, ...atoms.slice(0, -1).map((s) => s.blockEnd)]);
  expect(atoms.at(-1)?.blockEnd).toBe(blocks);
}

describe('LithOS bounds the work that it has on the device', () => {
  /** Launches 20 kernels of `kernelNs` each that it has seen before; how many go out at once? */
  function submittedAtOnce(kernelNs: number, limitNs: number): number {
    const { port, scheduler, queues } = lithosBench([hp('a', 8)], { 'outstanding.limit': limitNs });
    const queue = queues[0] as LaunchQueue;
    const work = launchable((kernelNs / WAVE_NS) * WAVE);
    for (let i = 0; i < 3; i++) {
      scheduler.launch(queue, work);
      port.advance(port.now() + SECOND);
    }
    for (let i = 0; i < 20; i++) scheduler.launch(queue, work);
    port.settle();
    return port.inFlight(queue.stream);
  }

  it('to the limit behind what runs, or to one kernel if that is longer', () => {
    expect(submittedAtOnce(10 * US, 100 * US)).toBe(11);
    expect(submittedAtOnce(40 * US, 100 * US)).toBe(4);
    expect(submittedAtOnce(500 * US, 100 * US)).toBe(2);
    expect(submittedAtOnce(10 * US, 0)).toBe(1);
    expect(submittedAtOnce(10 * US, 500 * US)).toBe(20);
  });

  it('and goes on as work completes', () => {
    const { port, scheduler, queues } = lithosBench([hp('a', 8)]);
    for (let i = 0; i < 100; i++) scheduler.launch(queues[0] as LaunchQueue, launchable(3 * WAVE));
    port.advance(SECOND);
    expect(port.log).toHaveLength(100);
    // One after the other without a pause: 100 kernels of 30 us.
    expect(port.log.at(-1)?.submittedNs).toBeLessThan(100 * 30 * US);
  });
});
