import { type TenantSpec, TpcSet } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { kernelsOf } from '../testing/kernels.ts';
import { type Ended, Scheduled } from '../testing/scheduled.ts';

const US = 1000;
const MS = 1000 * US;
const GAP = 760;
/** An owner's pause after which its TPCs can be stolen. */
const STEAL_AFTER = 50 * US;
const ALL = TpcSet.range(0, 54);

const TENANTS: readonly TenantSpec[] = [
  { name: 'a', class: 'hp', quotaTpcs: 24 },
  { name: 'b', class: 'hp', quotaTpcs: 30 },
  { name: 'c', class: 'be', quotaTpcs: 0 },
  { name: 'd', class: 'be', quotaTpcs: 0 },
];
const OWN = [TpcSet.range(0, 24), TpcSet.range(24, 54), TpcSet.EMPTY, TpcSet.EMPTY];

/** From 5 us to some 5 ms; blocks of 1,024 threads, of which two fit an SM, take 20 us each. */
const WORKS = kernelsOf(
  a100_40gb,
  [1, 50, 216, 2000, 50_000].map((blocks) => ({
    blocks,
    threads: 1024,
    ns: (n: number): number => 20 * US * Math.max(1, blocks / (4 * n)),
  })),
  GAP,
);

/** Before a launch beside other tenants' work. */
const SHARED_GAP = Math.max(...WORKS.map((work) => work.sharedGapNs));

interface Step {
  readonly waitUs: number;
  readonly tenant: number;
  readonly work: number;
}

const steps = fc.array(
  fc.record({
    waitUs: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(4000)),
    tenant: fc.nat(TENANTS.length - 1),
    work: fc.nat(WORKS.length - 1),
  }),
  { minLength: 1, maxLength: 50 },
);

/** Launches a script, in this order at each instant, and lets everything end. */
function play(
  script: readonly Step[],
  options: { readonly policy?: string; readonly parameters?: Record<string, number> } = {},
  prepare: (bench: Scheduled) => void = () => {},
): Scheduled {
  const bench = new Scheduled({ file: a100_40gb, tenants: TENANTS, ...options });
  prepare(bench);
  let at = 0;
  for (const { waitUs, tenant, work } of script) {
    at += waitUs * US;
    if (bench.scheduler.placements[tenant]?.kind !== 'placed') continue;
    bench.launch(at, tenant, WORKS[work] as SimKernel);
  }
  bench.run(at + 2000 * MS);
  return bench;
}

const law = (check: (bench: Scheduled) => void, parameters: Record<string, number> = {}): void =>
  fc.assert(
    fc.property(steps, (script) => check(play(script, { parameters }))),
    { numRuns: 40 },
  );

/** Groups of equal `key`, in order of appearance. */
function groups(ended: readonly Ended[], key: (e: Ended) => number): readonly Ended[][] {
  const byKey = new Map<number, Ended[]>();
  for (const e of ended) byKey.set(key(e), [...(byKey.get(key(e)) ?? []), e]);
  return [...byKey.values()];
}

/** Queues that wait with nothing on the device, and the TPCs that are idle and free to steal. */
function idle(bench: Scheduled): readonly string[] {
  const now = bench.engine.now();
  let free = ALL;
  OWN.forEach((own, tenant) => {
    const queues = bench.queues[tenant] ?? [];
    const atWork = queues.some((q) => q.length > 0 || q.outstanding > 0);
    const last = bench.endedOf(tenant).at(-1)?.endNs ?? Number.NEGATIVE_INFINITY;
    if (atWork || now - last < STEAL_AFTER) free = free.difference(own);
    for (const queue of queues) free = free.difference(queue.tpcsInFlight());
  });
  if (free.size === 0) return [];
  return bench.queues
    .flat()
    .filter((q) => q.length > 0 && q.outstanding === 0)
    .map((q) => `at ${now} ns stream ${q.stream} waits, and ${free} are idle`);
}

const overlap = (a: Ended, b: Ended): boolean => a.startNs < b.endNs && b.startNs < a.endNs;

describe.each(['lithos', 'mps', 'stream-priority', 'mps-limits', 'time-slicing'])(
  'under %s, whatever is launched when,',
  (policy) => {
    const each = (check: (bench: Scheduled) => void): void =>
      fc.assert(
        fc.property(steps, (script) => check(play(script, { policy }))),
        { numRuns: 25 },
      );

    it('the atoms of a launch cover its grid exactly once', () => {
      each(({ ended, scheduler }) => {
        const launches = groups(ended, (e) => e.launch);
        expect(launches).toHaveLength(scheduler.launches);
        for (const atoms of launches) {
          let next = 0;
          atoms.forEach((atom, i) => {
            expect([atom.atom, atom.begin]).toEqual([i, next]);
            expect(atom.last).toBe(atom.end === atom.blocks);
            next = atom.end;
          });
          expect(next).toBe(atoms[0]?.blocks);
        }
      });
    });

    it('a stream’s launches run one after the other, in their order', () => {
      each(({ ended }) => {
        for (const stream of groups(ended, (e) => e.stream)) {
          stream.forEach((e, i) => {
            const before = stream[i - 1];
            if (before === undefined) return;
            expect(e.launch).toBeGreaterThanOrEqual(before.launch);
            expect(e.startNs).toBeGreaterThanOrEqual(before.endNs);
          });
        }
      });
    });
  },
);

describe('under MIG', () => {
  it('no TPC ever serves two tenants', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { ended } = play(script, { policy: 'mig' });
        const used = groups(ended, (e) => e.tenant).map((all) =>
          all.reduce((set, e) => set.union(e.tpcs), TpcSet.EMPTY),
        );
        const together = used.reduce((set, tpcs) => set.union(tpcs), TpcSet.EMPTY);
        expect(used.reduce((sum, tpcs) => sum + tpcs.size, 0)).toBe(together.size);
      }),
      { numRuns: 25 },
    );
  });
});

describe('under LithOS, whatever is launched when,', () => {
  it('who runs on an owner’s TPCs beside it is less urgent, and began before it', () => {
    law(({ ended }) => {
      for (const owner of ended.filter((e) => e.stolen.size === 0 && e.priority > 0)) {
        for (const other of ended) {
          if (other.tenant === owner.tenant || !overlap(owner, other)) continue;
          if (!other.tpcs.intersects(OWN[owner.tenant] as TpcSet)) continue;
          expect(other.priority).toBeLessThan(owner.priority);
          expect(other.submittedNs).toBeLessThanOrEqual(owner.startNs);
        }
      }
    });
  });

  it('an owner begins at the latest when what runs on its TPCs has ended, and on all of them', () => {
    law(({ ended }) => {
      for (const stream of groups(ended, (e) => e.stream)) {
        stream.forEach((e, i) => {
          const own = OWN[e.tenant] as TpcSet;
          if (own.size === 0) return;
          expect(own.isSubsetOf(e.tpcs)).toBe(true);
          const readyNs = Math.max(e.submittedNs, stream[i - 1]?.endNs ?? 0);
          const running = ended.filter(
            (o) =>
              o.tenant !== e.tenant &&
              o.tpcs.intersects(own) &&
              o.submittedNs <= readyNs &&
              o.endNs > readyNs,
          );
          const freeNs = Math.max(readyNs, ...running.map((o) => o.endNs));
          expect(e.startNs).toBeLessThanOrEqual(freeNs + SHARED_GAP);
        });
      }
    });
  });

  it('no TPC is idle while work waits that could steal it', () => {
    const seen = fc.array(fc.nat(20_000), { minLength: 200, maxLength: 200 });
    fc.assert(
      fc.property(steps, seen, (script, instants) => {
        const waiting: string[] = [];
        play(script, {}, (bench) => {
          // Between whole microseconds, where nothing else happens.
          for (const us of instants) bench.at(us * US + 500, () => waiting.push(...idle(bench)));
        });
        expect(waiting).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('the busy time of the device is that of its atoms', () => {
    law(({ device, ended }) => {
      device.account();
      let sum = 0;
      for (const tpc of ALL) {
        let until = 0;
        const here = ended.filter((e) => e.tpcs.intersects(TpcSet.of([tpc])));
        here.sort((a, b) => a.startNs - b.startNs);
        for (const e of here) {
          sum += Math.max(0, e.endNs - Math.max(e.startNs, until));
          until = Math.max(until, e.endNs);
        }
      }
      // A grid of few blocks holds fewer TPCs than its set has, for a moment at its end at least.
      expect(device.busyTpcNs).toBeLessThanOrEqual(sum * (1 + 1e-9) + 1);
      expect(device.busyTpcNs).toBeGreaterThanOrEqual(0.9 * sum);
    });
  });

  it('simultaneous launches in another order give the same decisions', () => {
    const decisions = (bench: Scheduled): readonly string[] =>
      [...groups(bench.ended, (e) => e.stream)]
        .sort((a, b) => (a[0]?.stream ?? 0) - (b[0]?.stream ?? 0))
        .flat()
        .map((e) =>
          [e.stream, e.begin, e.end, e.tpcs, e.stolen, e.priority, e.submittedNs, e.endNs].join(),
        );
    const both = (parameters: Record<string, number>): void =>
      fc.assert(
        fc.property(steps, fc.array(fc.nat(), { minLength: 50, maxLength: 50 }), (script, keys) => {
          const one = play(script, { parameters });
          const other = play(shuffled(script, keys), { parameters });
          expect(decisions(other)).toEqual(decisions(one));
        }),
        { numRuns: 40 },
      );
    both({});
    both({ 'right-sizing': 1 });
  });
});

/** The script with the launches of each instant in another order; a stream keeps its own. */
function shuffled(script: readonly Step[], keys: readonly number[]): readonly Step[] {
  const instants: Step[][] = [];
  for (const step of script) {
    if (step.waitUs > 0 || instants.length === 0) instants.push([]);
    instants.at(-1)?.push(step);
  }
  return instants.flatMap((instant, i) => {
    const rotation = (keys[i] ?? 0) % TENANTS.length;
    const rank = (tenant: number): number => (tenant + rotation) % TENANTS.length;
    const ordered = [...instant].sort((a, b) => rank(a.tenant) - rank(b.tenant));
    const waitUs = instant[0]?.waitUs ?? 0;
    return ordered.map((step, k) => ({ ...step, waitUs: k === 0 ? waitUs : 0 }));
  });
}
