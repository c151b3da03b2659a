import type { KernelShape, Submission } from '@lithos/core';
import type { CounterSample, RunSink } from '@lithos/experiments';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObservationMerge } from './merge.ts';
import { MergedRun } from './merged-run.ts';
import type { Observations } from './observations.ts';
import { Observer } from './observer.ts';

const NOTHING: Omit<Observations, 'untilNs'> = {
  atoms: new Float64Array(0),
  requests: new Float64Array(0),
  counters: new Float64Array(0),
  changes: new Float64Array(0),
  unfinished: new Float64Array(0),
  kernels: [],
};

const kernel = (id: number, name: string): KernelShape => ({
  id,
  name,
  grid: [1, 1, 1],
  block: [32, 1, 1],
  blocks: 1,
  threadsPerBlock: 32,
  registersPerThread: 32,
  sharedMemoryBytes: 0,
  clusterSize: 1,
  splittable: true,
});

/** Rows of the table of atoms, as far as order and numbers go. */
function atoms(...rows: readonly { end: number; launch: number; kernel?: number }[]) {
  const values = rows.flatMap((r) => {
    const times = [r.end, r.end - 10, r.end - 20];
    return [...times, 0, r.launch, 0, r.kernel ?? 0, 0, 1, 0, 1, 0b11, 0, 0, 0, 0];
  });
  return Float64Array.from(values);
}

/** Keeps what it is told; submissions are used again, so their fields are. */
class Kept implements RunSink {
  readonly atoms: { tenant: number; end: number; launch: number; kernel: string; tpcs: string }[] =
    [];
  readonly samples: CounterSample[] = [];
  readonly requests: unknown[] = [];
  readonly unfinished: unknown[] = [];
  submissionCompleted(s: Submission): void {
    const { tenant, launch, endNs: end, tpcs } = s;
    this.atoms.push({ tenant, end, launch, kernel: s.work.kernel.name, tpcs: `${tpcs}` });
  }
  requestFinished(...told: unknown[]): void {
    this.requests.push(told);
  }
  requestUnfinished(...told: unknown[]): void {
    this.unfinished.push(told);
  }
  counters(sample: CounterSample): void {
    this.samples.push(sample);
  }
}

/** Two tenants, each of whom can fill the four TPCs. */
function rig(tenants = [0, 1].map(() => ({ tpcs: 4, firstTpc: 0 }))) {
  const kept = new Kept();
  const run = new MergedRun(tenants, 4, kept);
  const merge = new ObservationMerge(tenants.length, run);
  return { kept, run, merge };
}

describe('the observations of several processes', () => {
  it('are told in the order of the time that all share, which begins with the first', () => {
    const { kept, merge } = rig();
    merge.began(0, 5_000n);
    merge.add(0, {
      ...NOTHING,
      untilNs: 400,
      kernels: [kernel(0, 'a')],
      atoms: atoms({ end: 100, launch: 0 }, { end: 300, launch: 1 }),
    });
    expect(kept.atoms).toEqual([]);
    merge.began(1, 4_900n);
    merge.add(1, {
      ...NOTHING,
      untilNs: 350,
      kernels: [kernel(0, 'b')],
      atoms: atoms({ end: 150, launch: 0 }, { end: 250, launch: 1 }),
    });
    // The first began 100 ns later: what it saw at 300 was at 400, and the other has told until 350.
    expect(kept.atoms.map((a) => [a.kernel, a.end])).toEqual([
      ['b', 150],
      ['a', 200],
      ['b', 250],
    ]);
    expect(merge.offsetNs(0)).toBe(100);
    merge.finish();
    expect(kept.atoms.map((a) => a.end)).toEqual([150, 200, 250, 400]);
    // Each process counts its launches from 0; in the run no two have the same number.
    expect(new Set(kept.atoms.map((a) => a.launch)).size).toBe(4);
  });

  it('come out whole and in order, however they are cut up, and wait no longer than they must', () => {
    const ends = fc.array(fc.integer({ min: 20, max: 1000 }), { maxLength: 40 });
    const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.tuple(ends, ends), fc.tuple(cuts, cuts), (both, spans) => {
        const { kept, merge } = rig();
        merge.began(0, 0n);
        merge.began(1, 0n);
        const told = [0, 0];
        // In turn, each tells all that ended since it last spoke; not sorted, as streams are looked at.
        for (let round = 0; round < 8; round++) {
          for (const t of [0, 1] as const) {
            const from = told[t] as number;
            const until = from + (spans[t][round % spans[t].length] as number);
            const seen = both[t].filter((end) => end > from && end <= until);
            merge.add(t, {
              ...NOTHING,
              untilNs: until,
              kernels: round === 0 ? [kernel(0, 'k')] : [],
              atoms: atoms(...seen.map((end) => ({ end, launch: 0 }))),
            });
            told[t] = until;
            const bothKnown = Math.min(...told);
            expect(kept.atoms.length + merge.behind).toBe(
              both.flatMap((all, i) => all.filter((end) => end <= (told[i] as number))).length,
            );
            expect(kept.atoms.every((a) => a.end <= bothKnown)).toBe(true);
          }
        }
        merge.finish();
        expect(merge.behind).toBe(0);
        const expected = both.flatMap((all, i) => all.filter((end) => end <= (told[i] as number)));
        expect(kept.atoms.map((a) => a.end)).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });

  it('count a TPC as busy while any of them has work for it', () => {
    const changes = (...rows: readonly (readonly [number, number])[]) =>
      Float64Array.from(rows.flat());
    const both = (tenants: { tpcs: number; firstTpc: number }[]) => {
      const { run, merge } = rig(tenants);
      merge.began(0, 0n);
      merge.began(1, 0n);
      merge.add(0, { ...NOTHING, untilNs: 500, changes: changes([100, 1], [300, 0]) });
      merge.add(1, { ...NOTHING, untilNs: 500, changes: changes([200, 1], [400, 0]) });
      merge.finish();
      return run.busyTpcNs;
    };
    // Shared: 4 TPCs from 100 to 400. Limited to 3 and 1: 3, then 4, then 1. To 3 and 3: no more than 4.
    expect(both([4, 4].map((tpcs) => ({ tpcs, firstTpc: 0 })))).toBe(1200);
    expect(both([3, 1].map((tpcs) => ({ tpcs, firstTpc: 0 })))).toBe(300 + 400 + 100);
    expect(both([3, 3].map((tpcs) => ({ tpcs, firstTpc: 0 })))).toBe(300 + 400 + 300);
  });

  it('number the TPCs of parts that tenants have to themselves one after the other', () => {
    const { kept, merge } = rig([
      { tpcs: 2, firstTpc: 0 },
      { tpcs: 2, firstTpc: 2 },
    ]);
    merge.began(0, 0n);
    merge.began(1, 0n);
    for (const tenant of [0, 1]) {
      const seen = { ...NOTHING, kernels: [kernel(0, 'k')], atoms: atoms({ end: 50, launch: 0 }) };
      merge.add(tenant, { ...seen, untilNs: 100 });
    }
    merge.finish();
    expect(kept.atoms.map((a) => a.tpcs)).toEqual(['0-1', '2-3']);
  });

  it('give counters of every moment, of each process what it had read by then', () => {
    const counters = (atNs: number, held: number) => Float64Array.of(atNs, 100, 1980, held, 2, 3);
    const { kept, merge } = rig();
    merge.began(0, 0n);
    merge.began(1, 0n);
    merge.add(0, {
      ...NOTHING,
      untilNs: 30e6,
      counters: Float64Array.of(...counters(1e6, 4), ...counters(11e6, 0)),
    });
    merge.add(1, {
      ...NOTHING,
      untilNs: 30e6,
      counters: Float64Array.of(...counters(2e6, 0), ...counters(25e6, 4)),
    });
    expect(kept.samples.map((s) => [s.timeNs / 1e6, ...s.tpcsHeld])).toEqual([
      [10, 4, 0],
      [20, 0, 0],
    ]);
    expect(kept.samples[0]).toMatchObject({
      powerW: 100,
      launchesQueued: [2, 2],
      atomsInFlight: [3, 3],
    });
  });

  it('are kept where a process is lost, and nothing is told after the end', () => {
    const { kept, merge } = rig();
    merge.began(0, 0n);
    const seen = { ...NOTHING, untilNs: 100, kernels: [kernel(0, 'k')] };
    merge.add(0, { ...seen, atoms: atoms({ end: 50, launch: 0 }) });
    merge.finish();
    merge.add(0, { ...seen, untilNs: 200, atoms: atoms({ end: 150, launch: 1 }) });
    expect(kept.atoms.map((a) => a.end)).toEqual([50]);
  });
});

describe('what one process notes', () => {
  const request = { request: 3, arrivalNs: 100, startNs: 110, endNs: 150, inputTokens: 0, row: -1 };

  it('comes out as it went in, in the time of the run', () => {
    const { kept, merge } = rig([{ tpcs: 4, firstTpc: 0 }]);
    const observer = new Observer('all');
    const llm = { ...request, firstTokenNs: 130, outputTokens: 7, row: 12 };
    observer.requestFinished(0, request, true);
    observer.requestFinished(0, llm, false);
    observer.requestUnfinished(0, { arrivalNs: 160 }, true);
    merge.began(0, 0n);
    merge.add(0, observer.take(200));
    merge.finish();
    expect(kept.requests).toEqual([
      [0, request, true],
      [0, llm, false],
    ]);
    expect(kept.unfinished).toEqual([[0, { arrivalNs: 160 }, true]]);
  });

  it('leaves out what the record does not want', () => {
    const observer = new Observer('none');
    observer.requestFinished(0, request, true);
    observer.requestUnfinished(0, { arrivalNs: 160 }, true);
    observer.busyChanged(true, 10);
    const seen = observer.take(200);
    expect([seen.requests.length, seen.unfinished.length, seen.changes.length]).toEqual([0, 0, 2]);
  });

  it('has no pause between two submissions of a stream, and ends with the run', () => {
    const observer = new Observer('none');
    observer.busyChanged(true, 10);
    observer.busyChanged(false, 20);
    observer.busyChanged(true, 20);
    observer.ended(50);
    expect([...observer.take(60).changes]).toEqual([10, 1, 50, 0]);
  });
});
