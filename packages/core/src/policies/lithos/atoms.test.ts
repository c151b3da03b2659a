import { describe, expect, it } from 'vitest';
import type { LaunchQueue } from '../../launch-queue.ts';
import type { Submitted } from '../../testing/fake-port.ts';
import { be, hp, launchable } from '../../testing/fixtures.ts';
import { BLOCK_NS, lithosBench } from '../../testing/lithos-bench.ts';
import { MS, SECOND, US } from '../../units.ts';

const QUANTUM = 500 * US;
/** Takes 10 ms on the eight TPCs of the bench, a block 1.25 us of it. */
const LONG = launchable(8000);

/** Runs a long kernel three times and returns the atoms of the last, whose length is known by then. */
function learntAtoms(
  tenant: 'owner' | 'thief',
  work = LONG,
  parameters: Readonly<Record<string, number>> = {},
): Submitted[] {
  const tenants = [tenant === 'owner' ? hp('a', 8) : be('a')];
  const { port, scheduler, queues } = lithosBench(tenants, parameters);
  const queue = queues[0] as LaunchQueue;
  for (let i = 0; i < 3; i++) {
    scheduler.launch(queue, work);
    port.advance(port.now() + SECOND);
  }
  return port.log.filter((s) => s.launch === 2);
}

const lengthNs = (s: Submitted): number => ((s.blockEnd - s.blockBegin) * BLOCK_NS) / 8;

describe('LithOS cuts a long kernel on stolen TPCs', () => {
  it('into atoms of about the quantum that cover its grid', () => {
    const atoms = learntAtoms('thief');
    expect(atoms.length).toBeGreaterThanOrEqual(20);
    expect(atoms.length).toBeLessThanOrEqual(21);
    expect(atoms[0]?.blockBegin).toBe(0);
    expect(atoms.at(-1)?.blockEnd).toBe(8000);
    atoms.forEach((s, i) => {
      expect(s.blockBegin).toBe(atoms[i - 1]?.blockEnd ?? 0);
      expect(s.atom).toBe(i);
      expect(s.last).toBe(i === atoms.length - 1);
      expect(lengthNs(s)).toBeLessThanOrEqual(QUANTUM + BLOCK_NS);
      expect(lengthNs(s)).toBeGreaterThan(QUANTUM / 2);
      expect(s.predictedNs / lengthNs(s)).toBeCloseTo(1, 6);
    });
  });

  it('by the quantum it is told', () => {
    const atoms = learntAtoms('thief', LONG, { 'atomizer.quantum': 2 * MS });
    expect(atoms.map(lengthNs)).toEqual([2, 2, 2, 2, 2].map((ms) => ms * MS));
  });

  it('at whole clusters', () => {
    const atoms = learntAtoms('thief', launchable(8000, { clusterSize: 16 }));
    expect(atoms.length).toBeGreaterThan(10);
    for (const s of atoms) expect(s.blockBegin % 16).toBe(0);
  });

  it('from its first run, of which it knows nothing', () => {
    const { port, scheduler, queues } = lithosBench([be('a')]);
    scheduler.launch(queues[0] as LaunchQueue, LONG);
    port.advance(SECOND);
    expect(port.log.length).toBeGreaterThan(20);
    for (const s of port.log) expect(lengthNs(s)).toBeLessThanOrEqual(QUANTUM + BLOCK_NS);
  });

  it('but not if it is short, cannot be split, or the atomizer is off', () => {
    const short = launchable(300);
    expect(learntAtoms('thief', short)).toHaveLength(1);
    expect(learntAtoms('thief', launchable(8000, { splittable: false }))).toHaveLength(1);
    expect(learntAtoms('thief', LONG, { atomizer: 0 })).toHaveLength(1);
  });

  it('but never on the TPCs of its owner', () => {
    expect(learntAtoms('owner')).toHaveLength(1);
    expect(learntAtoms('owner', LONG, { 'atomizer.quantum': 10 * US })).toHaveLength(1);
  });
});

describe('LithOS bounds the work that it has on the device', () => {
  /** Launches 20 kernels of `kernelNs` each that it has seen before; how many go out at once? */
  function submittedAtOnce(kernelNs: number, limitNs: number): number {
    const { port, scheduler, queues } = lithosBench([hp('a', 8)], { 'outstanding.limit': limitNs });
    const queue = queues[0] as LaunchQueue;
    const work = launchable((kernelNs * 8) / BLOCK_NS);
    for (let i = 0; i < 3; i++) {
      scheduler.launch(queue, work);
      port.advance(port.now() + SECOND);
    }
    for (let i = 0; i < 20; i++) scheduler.launch(queue, work);
    return port.inFlight(queue.stream);
  }

  it('to the limit, or to one kernel if that is longer', () => {
    expect(submittedAtOnce(10 * US, 100 * US)).toBe(10);
    expect(submittedAtOnce(40 * US, 100 * US)).toBe(3);
    expect(submittedAtOnce(500 * US, 100 * US)).toBe(1);
    expect(submittedAtOnce(10 * US, 0)).toBe(1);
    expect(submittedAtOnce(10 * US, 500 * US)).toBe(20);
  });

  it('and goes on as work completes', () => {
    const { port, scheduler, queues } = lithosBench([hp('a', 8)]);
    for (let i = 0; i < 100; i++) scheduler.launch(queues[0] as LaunchQueue, launchable(80));
    port.advance(SECOND);
    expect(port.log).toHaveLength(100);
    // One after the other without a pause: 100 kernels of 100 us.
    expect(port.log.at(-1)?.submittedNs).toBeLessThan(100 * 100 * US);
  });
});
