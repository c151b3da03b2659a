import { expect, it } from 'vitest';
import type { OpenRun } from '../data/open-in-worker.ts';
import { arrangeRequests } from '../data/requests.ts';
import type { PlotRun } from '../view/plot.ts';
import type { Selection } from '../view/selection.ts';
import { createFollowSelection } from './follow-selection.ts';

/** A report of a run: requests of two tenants, by tenant, number and arrival. */
function report(
  id: string,
  requests: readonly (readonly [tenant: number, number: number, arrival: number])[],
): PlotRun {
  const drafts = requests.map(([tenant, number, arrival]) => ({
    tenant,
    number,
    arrival,
    start: arrival,
    firstToken: Number.NaN,
    end: arrival + 5,
    inputTokens: 0,
    outputTokens: 0,
    missed: 0,
  }));
  return { id, open: { data: { requests: arrangeRequests(drafts, 2) } } as OpenRun } as PlotRun;
}

it('follows a request through reports of its run, by tenant and number', () => {
  const follow = createFollowSelection();
  const other = report('other', [[0, 1, 10]]);
  const first = report('live', [
    [0, 1, 10],
    [1, 1, 10],
    [1, 2, 30],
  ]);
  const selection: Selection = { kind: 'request', run: first.open, index: 2 };
  expect(follow(selection, [other, first])).toBe(selection);
  // Of either tenant one has ended since that had arrived before.
  const second = report('live', [
    [0, 1, 10],
    [0, 2, 12],
    [1, 1, 10],
    [1, 2, 30],
    [1, 3, 20],
  ]);
  const followed = follow(selection, [other, second]);
  expect(followed).toEqual({ kind: 'request', run: second.open, index: 4 });
  expect(second.open.data.requests?.arrival[4]).toBe(30);
  // What was found in an older report is followed, too, wherever its run stands by now.
  const third = report('live', [[1, 2, 30]]);
  expect(follow(followed, [third])).toEqual({ kind: 'request', run: third.open, index: 0 });
  expect(follow(selection, [third])).toEqual({ kind: 'request', run: third.open, index: 0 });
});

it('drops what is not there any more, and keeps what is of no run', () => {
  const follow = createFollowSelection();
  const run = report('a', [[0, 1, 10]]);
  const selection: Selection = { kind: 'request', run: run.open, index: 0 };
  expect(follow(selection, [run])).toBe(selection);
  expect(follow(selection, [report('b', [[0, 1, 10]])])).toBeUndefined();
  expect(follow(selection, [report('a', [[1, 1, 10]])])).toBeUndefined();
  expect(follow({ kind: 'atom', run: run.open, track: 0, index: 0 }, [])).toBeUndefined();
  expect(follow(undefined, [run])).toBeUndefined();
  const range: Selection = { kind: 'range', from: 1, to: 2 };
  expect(follow(range, [])).toBe(range);
});
