import { describe, expect, it } from 'vitest';
import type { MicroCase, MicroValidation } from '../micro-types.ts';
import type { PowerValidation } from '../types.ts';
import { axisOf } from './axis.ts';
import { microPart, powerPart } from './parts.ts';
import { scatterSvg } from './scatter.ts';

const POINTS = [
  { measured: 1.5, predicted: 1.4 },
  { measured: 800, predicted: 1200 },
];

describe('scatterSvg', () => {
  const options = { title: 'A < B', unit: 'ms', scale: 'log', band: 10 } as const;
  const svg = scatterSvg([{ name: 'times', points: POINTS }], options);

  it('is one drawing with a dot a point, the same every time', () => {
    expect(svg.match(/h0/g)).toHaveLength(2);
    expect(svg).toContain('<title>A &lt; B</title>');
    expect(svg).toMatch(/^<svg [^>]+>\n[\s\S]+<\/svg>\n$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(scatterSvg([{ name: 'times', points: POINTS }], options)).toBe(svg);
  });

  it('suits dark pages and stays small', () => {
    expect(svg).toContain('prefers-color-scheme:dark');
    const many = Array.from({ length: 600 }, (_, i) => ({ measured: i + 1, predicted: i + 2 }));
    expect(scatterSvg([{ name: 'times', points: many }], options).length).toBeLessThan(40_000);
  });
});

describe('axisOf', () => {
  it('spans decades, or round steps', () => {
    const log = axisOf([0.3, 70], 'log');
    expect([log.low, log.high, log.ticks.length]).toEqual([0.1, 100, 4]);
    expect(log.ticks.map(log.label)).toEqual(['0.1', '1', '10', '100']);
    const linear = axisOf([230, 690], 'linear');
    expect([linear.low, linear.high]).toEqual([200, 700]);
    expect(linear.place(450)).toBeCloseTo(0.5, 12);
  });
});

describe('parts', () => {
  const one = { id: 'x', quantity: 'mean_power_w', measured: 200, predicted: 210, error_pct: 5 };
  const summary = { median_abs_error_pct: 5, p90_abs_error_pct: 5 };
  const schema = 'lithos/validate@1';

  it('name the error of every case of power', () => {
    const result: PowerValidation = {
      schema,
      what: 'power',
      device: 'h200',
      cases: [one],
      ...summary,
      fit: 'family-left-out',
      mean_abs_error_pct: 5,
      max_abs_error_pct: 5,
      fitted_on_all: { mean_abs_error_pct: 4 },
    };
    const { text, svg, summary: lines } = powerPart(result);
    expect(text).toContain('| x | 200.0 | 210.0 | +5.0 % |');
    expect(lines[0]).toEqual(['mean', '1', '5.0 %']);
    expect(svg).toContain('measured, W');
  });

  it('keep fitted micro-benchmarks apart', () => {
    const judged: MicroCase = { ...one, id: 'rate/read@2', mode: 'rate' };
    const result: MicroValidation = {
      schema,
      what: 'micro',
      device: 'h200',
      cases: [judged],
      ...summary,
      fitted_cases: [{ ...judged, id: 'rate/read@1', fitted: 'a constant' }],
      modes: [{ mode: 'rate', cases: 1, ...summary, from: 'somewhere' }],
      silent_lines: 0,
    };
    const { text, svg } = microPart(result);
    expect(text).toContain('| a constant | 1 | rate |');
    expect(text).not.toContain('rate/read@1');
    expect(svg.match(/h0/g)).toHaveLength(1);
  });
});
