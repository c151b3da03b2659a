import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MISSED_BY_NS, readKinds } from './atom-kinds.ts';
import {
  asksForAtoms,
  asksForKinds,
  conditionsOf,
  countMatching,
  dimsHeld,
  type Filter,
  NO_FILTER,
  splitAtoms,
} from './filter.ts';
import { memoryFolder, openRun } from './run-data.ts';
import { sumUp, sumUpInParts } from './sums.ts';
import { recordOf, type TestAtom } from './testing.ts';
import { WindowSums } from './window.ts';

const DURATION = 4_000_000;
/** Quotas as `recordOf` states them: 0 to 31 are the first tenant's, 32 to 42 the second's. */
const ownerOf = (tpc: number): number => (tpc < 32 ? 0 : tpc < 43 ? 1 : -1);

const atom: fc.Arbitrary<TestAtom> = fc
  .record({
    tenant: fc.integer({ min: 0, max: 2 }),
    start: fc.integer({ min: 0, max: DURATION - 1 }),
    length: fc.integer({ min: 0, max: 300_000 }),
    tpcs: fc.constantFrom([0, 1, 2, 3], [30, 31, 32, 33], [40, 41, 53], [53]),
    kernel: fc.constantFrom('Gemm_fp16', 'softmax', 'conv2d'),
    error: fc.constantFrom(undefined, 0, MISSED_BY_NS, MISSED_BY_NS + 1, -MISSED_BY_NS - 1),
    sizedFrom: fc.constantFrom(0, 4, 50),
    atom: fc.integer({ min: 0, max: 1 }),
    last: fc.boolean(),
  })
  .map(({ length, error, ...one }) => {
    const end = Math.min(DURATION, one.start + length);
    return {
      ...one,
      stream: one.tenant,
      end,
      stolen: one.tpcs.filter((tpc) => ownerOf(tpc) >= 0 && ownerOf(tpc) !== one.tenant),
      predicted: error === undefined ? 0 : Math.max(1, end - one.start - error),
    };
  });
const filter: fc.Arbitrary<Filter> = fc.record({
  kernel: fc.constantFrom('', 'gemm', 'M', 'nothing'),
  held: fc.constantFrom(undefined, 'own', 'stolen'),
  prediction: fc.constantFrom(undefined, 'met', 'missed', 'none'),
  size: fc.constantFrom(undefined, 'right-sized', 'as-asked'),
  launch: fc.constantFrom(undefined, 'whole', 'cut'),
});

/** Whether an atom matches on a TPC, by what the filter's conditions say. */
function matches(one: TestAtom, by: Filter, tpc: number): boolean {
  const predicted = one.predicted ?? 0;
  const isMissed = Math.abs(one.end - one.start - predicted) > MISSED_BY_NS;
  const prediction = predicted === 0 ? 'none' : isMissed ? 'missed' : 'met';
  const size = (one.sizedFrom ?? 0) > one.tpcs.length ? 'right-sized' : 'as-asked';
  const launch = one.atom === 0 && one.last === true ? 'whole' : 'cut';
  const held = one.stolen.includes(tpc) ? 'stolen' : 'own';
  return (
    (one.kernel ?? '').toLowerCase().includes(by.kernel.toLowerCase()) &&
    [by.held ?? held, by.prediction ?? prediction, by.size ?? size, by.launch ?? launch].join() ===
      [held, prediction, size, launch].join()
  );
}

it('sums up what matches apart from what does not, for any atoms, windows and conditions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(atom, { minLength: 1, maxLength: 200 }),
      filter,
      fc.uniqueArray(fc.integer({ min: 0, max: DURATION }), { minLength: 2, maxLength: 12 }),
      async (list, by, points) => {
        const { data, table } = await openRun(memoryFolder('r', recordOf(list, DURATION)));
        if (data.atoms === undefined || table === undefined) throw new Error('no atoms');
        const kinds = asksForKinds(by) ? await readKinds(table) : undefined;
        const atoms = splitAtoms(data.atoms, by, kinds);
        const sums = sumUp(atoms, DURATION);
        const windows = new WindowSums(atoms, sums);
        const edges = points.sort((a, b) => a - b);
        for (const [i, from] of edges.slice(0, -1).entries()) {
          const to = edges[i + 1] as number;
          const window = windows.window(from, to);
          for (const tpc of [0, 30, 32, 41, 53]) {
            const at = (atoms.classes.ofTpc[tpc] as number) * sums.width;
            for (const tenant of [0, 1, 2]) {
              const shown = [0, 0];
              sums.series.forEach(({ tenant: t, stolen, dimmed }, s) => {
                if (t !== tenant) return;
                const isGrey = dimmed || dimsHeld(by, stolen);
                const kind = isGrey ? 1 : 0;
                shown[kind] = (shown[kind] as number) + (window[at + s] as number);
              });
              const expected = [0, 0];
              for (const one of list) {
                if (one.tenant !== tenant || !one.tpcs.includes(tpc)) continue;
                const time = Math.max(0, Math.min(to, one.end) - Math.max(from, one.start));
                const kind = matches(one, by, tpc) ? 0 : 1;
                expected[kind] = (expected[kind] as number) + time;
              }
              expect(shown).toEqual(expected);
            }
          }
        }
        const count = countMatching(atoms, by, (tenant) => tenant !== 1);
        const expected = list.filter(
          (one) => one.tenant !== 1 && one.tpcs.some((tpc) => matches(one, by, tpc)),
        );
        expect(count).toBe(expected.length);
      },
    ),
    { numRuns: 150 },
  );
});

it('is summed up in parts as it is in one go, and tells how far it is', async () => {
  const list: TestAtom[] = Array.from({ length: 70_000 }, (_, i) => ({
    tenant: i % 3,
    stream: i % 3,
    start: Math.floor(i / 3) * 40,
    end: Math.floor(i / 3) * 40 + 30,
    tpcs: [i % 3, 5],
    stolen: [],
    kernel: i % 7 === 0 ? 'gemm' : 'conv',
  }));
  const { data } = await openRun(memoryFolder('r', recordOf(list, DURATION)));
  if (data.atoms === undefined) throw new Error('no atoms');
  const atoms = splitAtoms(data.atoms, { ...NO_FILTER, kernel: 'gemm' }, undefined);
  const shares: number[] = [];
  const parts = sumUpInParts(atoms, DURATION);
  let part = parts.next();
  for (; !part.done; part = parts.next()) shares.push(part.value);
  expect(part.value).toEqual(sumUp(atoms, DURATION));
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(countMatching(atoms, NO_FILTER, () => true)).toBe(10_000);
});

it('asks for no more than its conditions need', () => {
  expect(asksForAtoms(NO_FILTER)).toBe(false);
  expect(asksForAtoms({ ...NO_FILTER, held: 'stolen' })).toBe(false);
  expect(asksForAtoms({ ...NO_FILTER, kernel: 'x' })).toBe(true);
  expect(asksForKinds({ ...NO_FILTER, kernel: 'x' })).toBe(false);
  expect(asksForKinds({ ...NO_FILTER, launch: 'cut' })).toBe(true);
  expect(conditionsOf(NO_FILTER)).toBe(0);
  expect(conditionsOf({ ...NO_FILTER, kernel: 'x', held: 'own' })).toBe(2);
});
