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
const atom: fc.Arbitrary<TestAtom> = fc
  .record({
    stream: fc.integer({ min: 0, max: 3 }),
    start: fc.integer({ min: 0, max: DURATION - 1 }),
    length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: DURATION })),
    tpcs: set,
    stolen: fc.boolean(),
  })
  .map(({ stream, start, length, tpcs, stolen }) => ({
    tenant: stream % 3,
    stream,
    start,
    end: Math.min(DURATION, start + length),
    tpcs,
    stolen: stolen ? tpcs.slice(0, 1) : [],
  }));
const atoms = fc.array(atom, { minLength: 1, maxLength: 300 });
const edges = fc
  .uniqueArray(fc.integer({ min: 0, max: DURATION }), { minLength: 2, maxLength: 40 })
  .map((list) => Float64Array.from(list.sort((a, b) => a - b)));

const open = async (list: readonly TestAtom[]): Promise<RunData> =>
  (await openRun(memoryFolder('r', recordOf(list, DURATION)))).data;

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

describe('WindowSums', () => {
  it('gives what adding up every atom gives, for any windows', async () => {
    await fc.assert(
      fc.asyncProperty(atoms, edges, async (list, borders) => {
        const { atoms: found, sums } = await open(list);
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
                one.tenant === tenant && one.stolen.length > 0 === stolen;
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
