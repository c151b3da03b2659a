import type { RunSummary } from '@lithos/experiments';
import { expect, it } from 'vitest';
import { drawIncidents, incidentsOf } from './incidents.ts';
import type { PlotState } from './plot.ts';
import type { Surface } from './surface.ts';
import { theme } from './theme.ts';

const summary = {
  incidents: [
    { at_ms: 2, tenant: 'bad', kind: 'overdue', detail: 'has an atom that has not ended' },
    { at_ms: 2.001, tenant: 'bad', kind: 'left', detail: 'left with 3 requests' },
    { at_ms: 9, tenant: 'bad', kind: 'recovered', detail: 'goes on' },
  ],
} as unknown as RunSummary;

it('reads incidents with their moments, and none of a summary that has none', () => {
  expect(incidentsOf(summary).map(({ atNs }) => atNs)).toEqual([2e6, 2.001e6, 9e6]);
  expect(incidentsOf({} as RunSummary)).toEqual([]);
  expect(incidentsOf({ incidents: [null, 'x'] } as unknown as RunSummary)).toEqual([]);
  expect(incidentsOf(undefined)).toEqual([]);
});

it('marks the incidents of the span at their moments, one text below another', () => {
  const texts: { x: number; y: number; text: string }[] = [];
  const lines: (readonly number[])[] = [];
  const surface: Surface = {
    rect: () => {},
    area: () => {},
    line: (points) => lines.push(points),
    text: (x, y, text) => texts.push({ x, y, text }),
  };
  const state = {
    runs: [{ open: { data: {} } }, { open: { data: { summary } } }],
    tracks: [
      { kind: 'title', run: 1, y: 100, height: 26 },
      { kind: 'held', run: 1, y: 130, height: 50 },
    ],
    span: { from: 0, to: 4e6 },
    theme: theme(false, []),
  } as unknown as PlotState;
  drawIncidents(surface, state, { top: 30, width: 1000 });
  expect(texts.map(({ text }) => text)).toEqual([
    'bad has an atom that has not ended',
    'bad left with 3 requests',
  ]);
  expect(texts[1]?.y).toBeGreaterThan(texts[0]?.y ?? 0);
  expect(lines[0]).toEqual([500, 100, 500, 150]);
});
