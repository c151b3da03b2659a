import { expect, it } from 'vitest';
import { NO_FILTER } from '../data/filter.ts';
import { arrangeRequests } from '../data/requests.ts';
import type { RunData } from '../data/run-data.ts';
import { drawTracks } from './draw-tracks.ts';
import type { PlotRun, PlotState } from './plot.ts';
import type { Selection } from './selection.ts';
import type { Surface } from './surface.ts';
import { theme } from './theme.ts';

const COLOURS = theme(false, ['a']);
const WIDTH = 100;
const VIEW = { top: 0, width: WIDTH, height: 100 };

/** A run of 100 ns with one request that is late, from `arrival` to `end`. */
function runOf(arrival: number, end: number): PlotRun {
  const draft = { tenant: 0, arrival, start: arrival, end, number: 0, missed: 1 };
  const rest = { firstToken: Number.NaN, inputTokens: 0, outputTokens: 0 };
  const data: Partial<RunData> = {
    tenants: [{ name: 'a' } as RunData['tenants'][number]],
    requests: arrangeRequests([{ ...draft, ...rest }], 1),
    durationNs: 100,
  };
  return { open: { data }, depths: [] } as unknown as PlotRun;
}

/** What is drawn of runs: lefts of red blocks, and tops of frames. */
function drawn(runs: readonly PlotRun[], to: number, selection?: Selection) {
  const marks: number[] = [];
  const frames: number[] = [];
  const surface: Surface = {
    rect: (x, _y, _w, _h, fill) => void (fill === COLOURS.miss && marks.push(x)),
    line: (points, stroke) => void (stroke === COLOURS.text && frames.push(points[1] as number)),
    area: () => {},
    text: () => {},
  };
  const state = {
    runs,
    tracks: runs.map((_, run) => ({ kind: 'requests', run, tenant: 0, y: run * 50, height: 20 })),
    span: { from: 0, to },
    theme: COLOURS,
    hiddenTenants: new Set(),
    filter: NO_FILTER,
    requestLanes: new Map([['a', 1]]),
    selection,
  } as unknown as PlotState;
  drawTracks(surface, state, VIEW);
  return { marks, frames };
}

it('marks a missed objective at the end of the request, and nowhere if that is out of sight', () => {
  expect(drawn([runOf(10, 80)], 100).marks).toEqual([77]);
  expect(drawn([runOf(10, 80)], 50).marks).toEqual([]);
  expect(drawn([runOf(10, Number.NaN)], 100).marks).toEqual([97]);
});

it('frames the request that is followed in all runs', () => {
  const runs = [runOf(10, 30), runOf(10, 80)];
  const run = runs[0]?.open as PlotRun['open'];
  expect(drawn(runs, 100, { kind: 'request', run, index: 0 }).frames).toEqual([-1, 49]);
});
