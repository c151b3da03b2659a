import { beforeEach, expect, it } from 'vitest';
import { type Filter, NO_FILTER } from '../data/filter.ts';
import { ClosedRun, type OpenRun } from '../data/open-in-worker.ts';
import { memoryFolder, openRun } from '../data/run-data.ts';
import { recordOf } from '../data/testing.ts';
import type { Alerts } from '../view/alerts.ts';
import { type PlotRun, plotRun } from '../view/plot.ts';
import { filterStatus } from './filter-status.ts';
import { createFiltering, type Filtering } from './filtering.ts';

const CUT: Filter = { ...NO_FILTER, launch: 'cut' };

let problems: string[] = [];
let filtering: Filtering;
/** Waits until the filter shows something else. */
let change: Promise<void>;

beforeEach(() => {
  problems = [];
  let changed = (): void => {};
  change = new Promise((resolve) => {
    changed = resolve;
  });
  const alerts = { error: ({ message }: { message: string }) => problems.push(message) };
  filtering = createFiltering(alerts as unknown as Alerts, () => changed());
});

/** A run of one atom whose kinds are read like this. */
async function runOf(kinds: () => Promise<Uint8Array | undefined>): Promise<PlotRun> {
  const atom = { tenant: 0, stream: 0, start: 10, end: 20, tpcs: [0], stolen: [] };
  const { data } = await openRun(memoryFolder('r', recordOf([atom], 100)));
  return plotRun({ data, kinds } as OpenRun);
}

it('goes on with the other runs when one is closed while it is read, and says nothing of it', async () => {
  const closed = await runOf(() => Promise.reject(new ClosedRun('it is closed')));
  const other = await runOf(() => Promise.resolve(new Uint8Array(1)));
  filtering.shown([closed, other], CUT);
  await change;
  expect(problems).toEqual([]);
  expect(filtering.isDone([other], CUT)).toBe(true);
  const [shown] = filtering.shown([other], CUT);
  expect(shown).not.toBe(other);
  expect(shown !== undefined && filtering.count(shown, CUT, new Set())).toBe(0);
});

it('says of a run that could not be filtered that it is shown whole, and not that all match', async () => {
  const run = await runOf(() => Promise.reject(new Error('the server is away')));
  const status = (filter: Filter): string =>
    filterStatus({ runs: [run], filter, hidden: new Set() }, filtering);
  expect(status(CUT)).toBe('looking through the atoms…');
  filtering.shown([run], CUT);
  await change;
  expect(problems).toEqual(['r: its atoms cannot be filtered (the server is away)']);
  expect(filtering.shown([run], CUT)).toEqual([run]);
  expect(status(CUT)).toBe('cannot be filtered, and is shown whole');
  // What asks for no atoms needs nothing of it.
  expect(status({ ...NO_FILTER, held: 'own' })).toBe('1 of 1 atoms match');
});
