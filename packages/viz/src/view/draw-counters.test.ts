import { expect, it } from 'vitest';
import { drawLines } from './draw-counters.ts';
import type { Surface } from './surface.ts';
import { theme } from './theme.ts';

const COLOURS = theme(false, ['a']);

/** Lines that are drawn of readings, 0 to 10, at these moments of 100 ns that have a pixel each. */
function linesOf(readings: readonly (readonly [time: number, value: number])[]) {
  const lines: (readonly number[])[] = [];
  const surface: Surface = {
    rect: () => {},
    line: (points) => void lines.push(points),
    area: () => {},
    text: () => {},
  };
  const time = Float64Array.from(readings, ([at]) => at);
  const values = Float64Array.from(readings, ([, value]) => value);
  drawLines(
    surface,
    { x: 0, y: 0, width: 100, height: 14 },
    {
      counters: { time, columns: new Map() },
      lines: [{ values, colour: COLOURS.text }],
      span: { from: 0, to: 100 },
      low: 0,
      high: 10,
      unit: '',
    },
    COLOURS,
  );
  return lines;
}

it('holds a reading until the next one', () => {
  expect(
    linesOf([
      [0, 2],
      [10, 5],
      [20, 5],
    ]),
  ).toEqual([[0, 10, 10, 10, 10, 7, 20, 7, 20, 7]]);
});

it('draws no line where readings are unknown', () => {
  const unknown = Number.NaN;
  expect(
    linesOf([
      [0, unknown],
      [10, 2],
      [20, unknown],
      [30, unknown],
      [40, 5],
      [50, 6],
      [60, unknown],
    ]),
  ).toEqual([
    [10, 10, 20, 10],
    [40, 7, 50, 7, 50, 6, 60, 6],
  ]);
  expect(linesOf([[10, unknown]])).toEqual([]);
});

it('goes on over what is unknown for less than a pixel', () => {
  expect(
    linesOf([
      [10, 2],
      [20, Number.NaN],
      [20.5, 5],
      [30, 5],
    ]),
  ).toEqual([[10, 10, 20.5, 10, 20.5, 7, 30, 7, 30, 7]]);
});
