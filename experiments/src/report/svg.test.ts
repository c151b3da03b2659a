import { describe, expect, it } from 'vitest';
import type { Chart } from '../experiments/types.ts';
import { axisOf, shortNumber } from './svg-axis.ts';
import { chartSvg } from './svg-chart.ts';

const BARS: Chart = {
  kind: 'bars',
  id: 'bars',
  title: 'Less < is "more"',
  valueLabel: 'saved, %',
  references: [{ name: 'paper', value: 26 }],
  categories: ['a & b', 'c'],
  series: [
    { name: 'one', values: [10, undefined] },
    { name: 'two', values: [-5, 40] },
  ],
};
const LINES: Chart = {
  kind: 'lines',
  id: 'lines',
  title: 'Lines',
  xLabel: 'x',
  valueLabel: 'y',
  references: [],
  series: [
    {
      name: 'one',
      points: [
        [0, 1],
        [1, 200],
      ],
    },
  ],
};

/** Whether every element is closed, in order. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/') open.push(name ?? '');
  }
  return open.length === 0;
}

describe('charts', () => {
  it.each([BARS, LINES])('are well-formed, the same each time: $id', (chart) => {
    const svg = chartSvg(chart);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(chartSvg(chart)).toBe(svg);
  });

  it('escape what they are told', () => {
    expect(chartSvg(BARS)).toContain('<title>Less &lt; is &quot;more&quot;</title>');
    expect(chartSvg(BARS)).toContain('>a &amp; b</text>');
  });

  it('leave a gap where there is no value', () => {
    const bars = chartSvg(BARS).match(/height="11" fill/g) ?? [];
    // Three bars, and two swatches in the legend.
    expect(bars).toHaveLength(5);
  });
});

describe('axisOf', () => {
  it('begins at zero, in round steps', () => {
    expect(axisOf([3, 26]).ticks).toEqual([0, 5, 10, 15, 20, 25, 30]);
    expect(axisOf([-4, 12]).ticks).toEqual([-5, 0, 5, 10, 15]);
    expect(axisOf([0]).ticks.length).toBeGreaterThan(1);
  });

  it('is logarithmic where values differ a lot', () => {
    const axis = axisOf([1.2, 90]);
    expect(axis.ticks).toEqual([1, 10, 100]);
    expect([1, 10, 100].map((v) => axis.at(v))).toEqual([0, 0.5, 1]);
  });

  it('writes numbers short', () => {
    expect([0.12345, 12.345, 1234.5].map(shortNumber)).toEqual(['0.123', '12.3', '1,230']);
  });
});
