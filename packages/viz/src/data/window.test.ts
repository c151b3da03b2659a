import { readRunTable } from '@lithos/experiments';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryFolder, openRun, type RunData } from './run-data.ts';
import { recordOf, type TestAtom } from './testing.ts';
import { WindowSums } from './window.ts';

const DURATION = 50_000;
const TPCS = 54;

/** Up to 300 atoms of four streams; sets are few, as in real runs, or any. */
const set = fc.oneof(
  fc.constantFrom([0, 1, 2, 3], [2, 3, 4, 5, 6], [40, 41, 53]),
  fc.constant(Array.from({ length: TPCS }, (_, i) => i)),
  fc.uniqueArray(fc.integer({ min: 0, max: TPCS - 1 }), { minLength: 1, maxLength: 6 }),
);
/** The TPCs that another tenant's quota covers. */
const foreign = (tenant: number, tpcs: readonly number[]): readonly number[] =>
  tpcs.filter((tpc) => ownerOf(tpc) >= 0 && ownerOf(tpc) !== tenant);
const atom: fc.Arbitrary<TestAtom> = fc
  .record({
    stream: fc.integer({ min: 0, max: 3 }),
    start: fc.integer({ min: 0, max: DURATION - 1 }),
    length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: DURATION })),
    tpcs: set,
    stolen: fc.constantFrom('none', 'one', 'foreign'),
  })
  .map(({ stream, start, length, tpcs, stolen }) => ({
    tenant: stream % 3,
    stream,
    start,
    end: Math.min(DURATION, start + length),
    tpcs,
    stolen:
      stolen === 'none' ? [] : stolen === 'one' ? tpcs.slice(0, 1) : foreign(stream % 3, tpcs),
  }));
const atoms = fc.array(atom, { minLength: 1, maxLength: 300 });
const edges = fc
  .uniqueArray(fc.integer({ min: 0, max: DURATION }), { minLength: 2, maxLength: 40 })
  .map((list) => Float64Array.from(list.sort((a, b) => a - b)));

/** Quotas as `recordOf` states them: 0 to 31 are the first tenant's, 32 to 42 the second's. */
const ownerOf = (tpc: number): number => (tpc < 32 ? 0 : tpc < 43 ? 1 : -1);

/** Whether an atom stole a TPC; all of its TPCs if the record does not tell which. */
function isStolenOn({ tenant, tpcs, stolen }: TestAtom, tpc: number): boolean {
  const isForeign = (one: number): boolean => ownerOf(one) >= 0 && ownerOf(one) !== tenant;
  if (stolen.length === 0) return false;
  return tpcs.filter(isForeign).length !== stolen.length || isForeign(tpc);
}

const open = async (list: readonly TestAtom[], duration: number): Promise<RunData> =>
  (await openRun(memoryFolder('r', recordOf(list, duration)))).data;

/** Time that atoms of a kind hold a TPC within a window, atom by atom. */
function held(
  list: readonly TestAtom[],
  tpc: number,
  [from, to]: readonly [number, number],
  of: (one: TestAtom) => boolean,
): number {
  return list
    .filter((one) => of(one) && one.tpcs.includes(tpc))
    .reduce(
      (sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)),
      0,
    );
}

/** Time that anybody holds a TPC within a window, ns by ns. */
function anybody(list: readonly TestAtom[], tpc: number, from: number, to: number): number {
  const times = list
    .filter(({ tpcs }) => tpcs.includes(tpc))
    .map(({ start, end }) => [Math.max(start, from), Math.min(end, to)] as const)
    .sort((a, b) => a[0] - b[0]);
  let busy = 0;
  let until = from;
  for (const [start, end] of times) {
    busy += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return busy;
}

/** The scale of a run's times: from 50 us to 20 minutes, beyond what 32 bits hold of ns. */
const scale = fc.constantFrom(1, 1000, 24_000_000);

describe('WindowSums', () => {
  it('gives what adding up every atom gives, for any windows', async () => {
    await fc.assert(
      fc.asyncProperty(atoms, edges, scale, async (small, smallBorders, by) => {
        const list = small.map((one) => ({ ...one, start: one.start * by, end: one.end * by }));
        const borders = smallBorders.map((border) => border * by);
        const { atoms: found, sums } = await open(list, DURATION * by);
        if (found === undefined || sums === undefined) throw new Error('no atoms');
        const windows = new WindowSums(found, sums);
        const target = new Float64Array((borders.length - 1) * windows.cells);
        windows.columns(borders, target);
        for (let w = 0; w + 1 < borders.length; w++) {
          const span = [borders[w] as number, borders[w + 1] as number] as const;
          for (const tpc of [0, 2, 3, 5, 40, 53]) {
            const at = w * windows.cells + (found.classes.ofTpc[tpc] as number) * sums.width;
            sums.series.forEach(({ tenant, stolen }, s) => {
              const kind = (one: TestAtom): boolean =>
                one.tenant === tenant && isStolenOn(one, tpc) === stolen;
              expect(target[at + s]).toBe(held(list, tpc, span, kind));
            });
            let busy = 0;
            for (let s = 0; s < sums.series.length; s++) busy += target[at + s] as number;
            if (sums.anybody >= 0) busy = target[at + sums.anybody] as number;
            expect(busy).toBe(anybody(list, tpc, ...span));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives what the Parquet file gives, read by another way', async () => {
    const list: TestAtom[] = Array.from({ length: 4000 }, (_, i) => ({
      tenant: i % 3,
      stream: i % 3,
      start: Math.floor(i / 3) * 37 + (i % 3) * 5,
      end: Math.floor(i / 3) * 37 + (i % 3) * 5 + 20 + (i % 11),
      tpcs: i % 2 === 0 ? [0, 1, 2] : [2, 3],
      stolen: i % 5 === 0 ? [2] : [],
    }));
    const files = recordOf(list, DURATION);
    const folder = memoryFolder('r', files);
    const table = await readRunTable(folder, 'r', 'atoms', [
      'start_ns',
      'end_ns',
      'tenant',
      'tpcs_0',
    ]);
    const { data } = await openRun(folder);
    if (data.atoms === undefined || data.sums === undefined || table === undefined) {
      throw new Error('no atoms');
    }
    const windows = new WindowSums(data.atoms, data.sums);
    const [start, end, words] = ['start_ns', 'end_ns', 'tpcs_0'].map((n) => table.numbers(n));
    const names = table.texts('tenant');
    for (const [from, to] of [
      [0, DURATION],
      [17, 18],
      [1000, 1999],
      [12_345, 45_678],
    ] as const) {
      const sums = windows.window(from, to);
      for (const tpc of [0, 2, 3]) {
        for (const [t, { name }] of data.tenants.entries()) {
          let expected = 0;
          for (let row = 0; row < table.rows; row++) {
            if (names[row] !== name || ((Number(words?.[row]) >>> tpc) & 1) === 0) continue;
            const time = Math.min(to, Number(end?.[row])) - Math.max(from, Number(start?.[row]));
            expected += Math.max(0, time);
          }
          let shown = 0;
          const at = (data.atoms.classes.ofTpc[tpc] as number) * data.sums.width;
          data.sums.series.forEach(({ tenant }, s) => {
            if (tenant === t) shown += sums[at + s] as number;
          });
          expect(shown).toBe(expected);
        }
      }
    }
  });
});
