import { expect, it } from 'vitest';
import type { PlotRun } from '../view/plot.ts';
import { createLiveRuns } from './live-runs.ts';

const closed: string[] = [];

/** A run that has a name and can be closed; nothing else of it matters here. */
const runOf = (name: string): PlotRun =>
  ({ id: name, open: { name, close: () => closed.push(name) } }) as unknown as PlotRun;

const names = (runs: readonly PlotRun[]): readonly string[] =>
  runs.map(({ open }) => (open as unknown as { name: string }).name);

it('shows runs in the order of their policies, done or going on', async () => {
  let changes = 0;
  const runs = createLiveRuns(() => {
    changes += 1;
  });
  runs.begin(['a', 'b']);
  runs.update('b', runOf('b live'));
  runs.update('a', runOf('a live'));
  expect(names(runs.shown())).toEqual(['a live', 'b live']);
  await runs.finish('b', () => Promise.resolve(runOf('b')));
  expect(names(runs.shown())).toEqual(['a live', 'b']);
  expect(changes).toBe(4);
});

it('knows a run that is done by the id that it had while it went on', async () => {
  const runs = createLiveRuns(() => {});
  runs.begin(['a', 'b']);
  runs.update('a', runOf('a live'));
  await runs.finish('a', () => Promise.resolve(runOf('a')));
  await runs.finish('b', () => Promise.resolve(runOf('b')));
  expect(runs.shown().map(({ id }) => id)).toEqual(['a live', 'b']);
});

it('takes no report of what was given up, and keeps what was done', async () => {
  const runs = createLiveRuns(() => {});
  runs.begin(['a', 'b']);
  runs.update('a', runOf('a live'));
  await runs.finish('b', () => Promise.resolve(runOf('b')));
  runs.forget();
  runs.update('a', runOf('late'));
  expect(names(runs.shown())).toEqual(['b']);
  await runs.finish('a', () => Promise.resolve(runOf('late a')));
  expect(names(runs.shown())).toEqual(['b']);
  expect(closed).toContain('late a');
});

it('closes what is read after another batch of the same policies began', async () => {
  const runs = createLiveRuns(() => {});
  runs.begin(['a']);
  let give = (_: PlotRun): void => {};
  const reading = runs.finish(
    'a',
    () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  );
  runs.begin(['a']);
  give(runOf('old'));
  await reading;
  expect(names(runs.shown())).toEqual([]);
  expect(closed).toContain('old');
  runs.update('a', runOf('new live'));
  expect(names(runs.shown())).toEqual(['new live']);
});

it('closes a run that goes on for good', async () => {
  const runs = createLiveRuns(() => {});
  runs.begin(['a']);
  runs.update('a', runOf('a live'));
  expect(runs.close('a live')).toBe(true);
  runs.update('a', runOf('again'));
  await runs.finish('a', () => Promise.resolve(runOf('read')));
  expect(names(runs.shown())).toEqual([]);
  expect(closed).toContain('read');
  expect(runs.close('foreign')).toBe(false);
});
