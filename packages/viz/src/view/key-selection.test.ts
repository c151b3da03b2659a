import { describe, expect, it } from 'vitest';
import { memoryFolder, openRun } from '../data/run-data.ts';
import { recordOf, type TestAtom } from '../data/testing.ts';
import { nextIdle, stepAtom, stepStream } from './key-selection.ts';
import { type PlotRun, plotRun } from './plot.ts';

const at = (stream: number, start: number, end: number): TestAtom => ({
  tenant: stream,
  stream,
  start,
  end,
  tpcs: [stream * 2, stream * 2 + 1],
  stolen: [],
});
const ATOMS = [at(0, 100, 200), at(0, 300, 400), at(1, 150, 250), at(1, 320, 330)];

async function runOf(atoms: readonly TestAtom[]): Promise<PlotRun> {
  const { data } = await openRun(memoryFolder('r', recordOf(atoms, 1000)));
  return plotRun({
    data,
    source: { kind: 'memory', name: 'r', files: new Map() },
    detail: () => Promise.resolve(undefined),
    kinds: () => Promise.resolve(undefined),
    close: () => {},
  });
}

describe('selection by keys', () => {
  it('begins with the atom at a moment, and goes on within its stream', async () => {
    const runs = [await runOf(ATOMS)];
    const first = stepAtom(runs, undefined, 120, 1);
    expect(first?.span).toEqual({ from: 100, to: 200 });
    const second = stepAtom(runs, first?.selection, 0, 1);
    expect(second?.span).toEqual({ from: 300, to: 400 });
    expect(stepAtom(runs, second?.selection, 0, 1)).toBeUndefined();
    expect(stepAtom(runs, second?.selection, 0, -1)).toEqual(first);
    expect(stepAtom(runs, undefined, 999, 1)?.span).toEqual({ from: 300, to: 400 });
  });

  it('goes through the streams of all runs, and round', async () => {
    const runs = [await runOf(ATOMS), await runOf(ATOMS)];
    let found = stepAtom(runs, undefined, 120, 1);
    const seen: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      found = stepStream(runs, found?.selection, 0, 1);
      if (found?.selection.kind !== 'atom') throw new Error('no atom');
      const { run, track } = found.selection;
      seen.push([runs.findIndex(({ open }) => open === run), track]);
    }
    expect(seen).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(stepStream(runs, found?.selection, 0, -1)?.selection).toMatchObject({
      run: runs[1]?.open,
      track: 1,
    });
  });

  it('finds the next idle stretch of the selected TPC, up to the last one', async () => {
    const runs = [await runOf(ATOMS)];
    const atom = stepAtom(runs, undefined, 120, 1);
    const first = nextIdle(runs, atom?.selection, 0);
    expect([first?.selection.kind, first?.span]).toEqual(['idle', { from: 200, to: 300 }]);
    const second = nextIdle(runs, first?.selection, 0);
    expect(second?.span).toEqual({ from: 400, to: 1000 });
    expect(nextIdle(runs, second?.selection, 0)).toBeUndefined();
  });

  it('finds nothing where there are no atoms', () => {
    expect(stepAtom([], undefined, 0, 1)).toBeUndefined();
    expect(stepStream([], undefined, 0, 1)).toBeUndefined();
    expect(nextIdle([], undefined, 0)).toBeUndefined();
  });
});
