import { type SharingDomain, TpcSet } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { kernelsOf } from '../testing/kernels.ts';
import { type Done, Rig } from '../testing/rig.ts';

const US = 1000;
const TPCS = 54;
const GAP = 760;

/** Kernels of all sorts: few and many blocks, small and large ones, with and without memory. */
const WORKS = kernelsOf(
  a100_40gb,
  [1, 30, 108, 1000, 20_000].flatMap((blocks, i) =>
    [64, 256, 1024, 0].map((threads, k) => {
      const blockNs = (3 + 5 * i + 11 * k) * US;
      const ns = (n: number): number => blockNs * Math.ceil(blocks / (8 * n)) + 1500;
      const rate = [0, 300, 900, 1400][(i + k) % 4] as number;
      return {
        blocks: threads === 0 ? 1 : blocks,
        threads,
        registersPerThread: 32 + 16 * k,
        sharedMemoryBytes: 10_000 * i,
        ns,
        dramBytes: rate * ns(TPCS),
        dramWriteBytes: (rate * ns(TPCS) * k) / 4,
        l2Bytes: 2 * rate * ns(TPCS),
        tensorActive: k / 4,
        warpInstructions: 2000 * blocks,
      };
    }),
  ),
  GAP,
);

interface Step {
  readonly at: number;
  readonly stream: number;
  readonly work: number;
  readonly first: number;
  readonly size: number;
  readonly priority: number;
  /** Part of the grid, in percent. */
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

const percent = fc.integer({ min: 0, max: 100 });
const steps = fc.array(
  fc.record({
    at: fc.nat(3000 * US),
    stream: fc.nat(3),
    work: fc.nat(WORKS.length - 1),
    first: fc.nat(TPCS - 1),
    size: fc.integer({ min: 1, max: TPCS }),
    priority: fc.nat(5),
    from: percent,
    to: percent,
    scale: fc.constantFrom(1, 1, 0.7, 1.9),
  }),
  { minLength: 1, maxLength: 40 },
);

const PLACES: Readonly<Record<string, readonly SharingDomain[]>> = {
  'one context': Array.from({ length: 4 }, () => ({ kind: 'shared' })),
  'contexts of their own': Array.from({ length: 4 }, () => ({ kind: 'context' })),
  'shared and own contexts': [
    { kind: 'shared' },
    { kind: 'context' },
    { kind: 'shared' },
    { kind: 'context' },
  ],
  'one context with caps': [4, 20, 40, 60].map((maxTpcs) => ({ kind: 'shared', maxTpcs })),
  'MIG instances': [
    { kind: 'instance', profile: 2, instance: 0 },
    { kind: 'instance', profile: 3, instance: 1 },
    { kind: 'instance', profile: 4, instance: 2 },
    { kind: 'instance', profile: 4, instance: 3 },
  ],
};

interface Sent {
  readonly step: Step;
  readonly submittedNs: number;
}

/** Plays a script; the submissions come back by number, in order of time. */
function play(script: readonly Step[], domains: readonly SharingDomain[], clock = 1410) {
  const rig = new Rig(a100_40gb);
  const streams = domains.map((domain) => rig.stream(domain));
  const sent: Sent[] = [];
  if (clock !== 1410) rig.device.setSmClock(clock);
  for (const step of script) {
    rig.at(step.at, () => {
      const work = WORKS[step.work] as SimKernel;
      const tpcs = TpcSet.range(step.first, Math.min(TPCS, step.first + step.size));
      const { blocks } = work.kernel;
      const begin = Math.floor((Math.min(step.from, step.to) * (blocks - 1)) / 100);
      const end = Math.max(begin + 1, Math.ceil((Math.max(step.from, step.to) * blocks) / 100));
      const how = { tpcs, priority: step.priority, begin, end, scale: step.scale };
      const id = rig.submit(streams[step.stream] as number, work, how);
      sent[id] = { step, submittedNs: rig.engine.now() };
    });
  }
  return { rig, sent, done: rig.run(20_000_000 * US) };
}

/** How long a submission takes if there is no other. */
function aloneNs(step: Step, domains: readonly SharingDomain[]): number {
  const [only] = play([step], domains).done;
  return (only?.endNs ?? Number.NaN) - (only?.startNs ?? Number.NaN);
}

const law = (
  domains: readonly SharingDomain[],
  check: (p: ReturnType<typeof play>) => void,
  numRuns = 40,
) =>
  fc.assert(
    fc.property(steps, (script) => check(play(onPlaces(script, domains), domains))),
    { numRuns },
  );

/** Instances clip TPC sets to their own, so there everybody asks for all. */
const onPlaces = (script: readonly Step[], domains: readonly SharingDomain[]): readonly Step[] =>
  domains.some((d) => d.kind === 'instance')
    ? script.map((step) => ({ ...step, first: 0, size: TPCS }))
    : script;

describe.each(Object.entries(PLACES))('whatever is submitted when, in %s,', (_, domains) => {
  it('everything completes once, in the order of its stream, one after the other', () => {
    law(domains, ({ sent, done }) => {
      expect(done.map((d) => d.id)).toEqual(sent.map((_, id) => id));
      expect(sent.map((s) => s.step.stream)).toEqual(done.map((d) => d.stream));
      const last = new Map<number, Done>();
      for (const d of done) {
        expect(d.startNs).toBeGreaterThanOrEqual((last.get(d.stream)?.endNs ?? 0) + GAP);
        last.set(d.stream, d);
      }
    });
  });

  it('times are whole, and nothing begins before it may', () => {
    law(domains, ({ sent, done }) => {
      for (const { id, startNs, endNs } of done) {
        expect([Number.isInteger(startNs), Number.isInteger(endNs)]).toEqual([true, true]);
        expect(startNs).toBeGreaterThanOrEqual((sent[id]?.submittedNs ?? Number.NaN) + GAP);
        expect(endNs).toBeGreaterThanOrEqual(startNs);
      }
    });
  });

  it('nothing is faster than alone', () => {
    law(
      domains,
      ({ sent, done }) => {
        for (const { id, startNs, endNs } of done) {
          // Ends are rounded to whole nanoseconds.
          const least = aloneNs((sent[id] as Sent).step, domains) - 1;
          expect(endNs - startNs).toBeGreaterThanOrEqual(least);
        }
      },
      15,
    );
  });

  it('no TPC is busy twice, and energy lies between idle and the limit', () => {
    law(domains, ({ rig, done }) => {
      const { device } = rig;
      device.account();
      const now = rig.engine.now();
      const span = Math.max(...done.map((d) => d.endNs));
      expect(device.busyTpcNs).toBeLessThanOrEqual(TPCS * span);
      expect(device.busyTpcNs).toBeGreaterThan(0);
      expect(device.busyTpcs()).toBe(0);
      expect(device.energyJ).toBeGreaterThan((device.powerW() * now) / 1e9);
      expect(device.energyJ).toBeLessThanOrEqual((400 * now) / 1e9);
    });
  });

  it('the same submissions end the same way again', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const script = onPlaces(given, domains);
        const [a, b] = [play(script, domains), play(script, domains)];
        expect(b.done).toEqual(a.done);
        expect(b.rig.engine.events).toBe(a.rig.engine.events);
        expect(b.rig.device.energyJ).toBe(a.rig.device.energyJ);
      }),
      { numRuns: 15 },
    );
  });

  it('everything completes at the lowest clock too, and none of it faster than alone at the highest', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const script = onPlaces(given, domains);
        const { sent, done } = play(script, domains, 210);
        expect(done).toHaveLength(script.length);
        for (const { id, startNs, endNs } of done) {
          const least = aloneNs((sent[id] as Sent).step, domains) - 1;
          expect(endNs - startNs).toBeGreaterThanOrEqual(least);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('nobody starves', () => {
  it('while others are never short of work', () => {
    const heavy = WORKS.filter((w) => w.kernel.blocks === 20_000 && w.threads === 1024);
    const light = WORKS.filter((w) => w.kernel.blocks === 30);
    fc.assert(
      fc.property(fc.constantFrom(...heavy), fc.constantFrom(...light), (long, short) => {
        const rig = new Rig(a100_40gb);
        const [busy, other] = [rig.stream(), rig.stream()];
        for (let i = 0; i < 50; i++) rig.submit(busy, long);
        rig.at(100 * US, () => rig.submit(other, short));
        rig.run(50 * (long.durationNs[TPCS] ?? 0));
        const wait = rig.done.find((d) => d.stream === other)?.startNs;
        // At equal priority it waits for one grid of the others, not for all.
        expect(wait).toBeLessThan(3 * (long.durationNs[TPCS] ?? 0));
      }),
      { numRuns: 10 },
    );
  });
});
