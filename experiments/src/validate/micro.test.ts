import { LithosError } from '@lithos/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMeasurements, shippedMeasurements } from '../node/measurements.ts';
import { validateMicro } from './micro.ts';
import { type MicroLines, parseMicro } from './micro-file.ts';
import type { MicroValidation } from './micro-types.ts';

const FILE = shippedMeasurements('h200', 'microbenchmarks.jsonl');
const TEXT = readMeasurements(FILE);

describe('validateMicro', () => {
  let lines: MicroLines;
  let result: MicroValidation;
  beforeAll(() => {
    lines = parseMicro(TEXT, FILE, 66);
    result = validateMicro(lines);
  });

  const error = (id: string): number => {
    const all = [...result.cases, ...result.fitted_cases];
    return all.find((c) => c.id === id)?.error_pct ?? Number.NaN;
  };
  const mode = (name: string) => result.modes.find((m) => m.mode === name);

  it('holds its figures', () => {
    expect(result).toMatchObject({ schema: 'lithos/validate@1', what: 'micro', device: 'h200' });
    expect(result.median_abs_error_pct).toBeLessThan(2);
    expect(result.p90_abs_error_pct).toBeLessThan(35);
    expect(mode('disjoint')?.p90_abs_error_pct).toBeLessThan(15);
    expect(mode('same_sm')?.median_abs_error_pct).toBeLessThan(20);
    expect(mode('slice')?.p90_abs_error_pct).toBeLessThan(2);
  });

  it('counts only what gave no constant', () => {
    for (const c of result.cases) expect(c.fitted).toBeUndefined();
    for (const c of result.fitted_cases) expect(c.fitted).toBeTruthy();
    expect(result.fitted_cases.map((c) => c.id)).toContain('launch/queued_stream');
    expect(result.silent_lines).toBe(40);
  });

  it('predicts every line that it does not call silent', () => {
    const all = [...result.cases, ...result.fitted_cases];
    const { rates, disjoint, sameSm, launch, dispatch, priority } = lines;
    expect(all.filter((c) => c.mode === 'rate')).toHaveLength(5 * rates.size);
    expect(all.filter((c) => c.mode === 'disjoint')).toHaveLength(2 * disjoint.length);
    expect(all.filter((c) => c.mode === 'same_sm')).toHaveLength(2 * sameSm.length);
    expect(all.filter((c) => c.mode === 'launch')).toHaveLength(launch.length);
    expect(all.filter((c) => c.mode === 'dispatch')).toHaveLength(dispatch.length);
    expect(all.filter((c) => c.mode === 'priority')).toHaveLength(2 * priority.length);
    // The process alone is no case; each of a pair has a run and a gap.
    expect(all.filter((c) => c.mode === 'slice')).toHaveLength(2 * 6);
    for (const c of all) expect(c.predicted).toBeGreaterThan(0);
    expect(new Set(all.map((c) => c.id + c.quantity)).size).toBe(all.length);
  });

  it('shares the DRAM in proportion to requests in flight, whatever is read and written', () => {
    for (const split of ['16-50', '33-33', '48-18']) {
      expect(Math.abs(error(`disjoint/read+read@${split}/a`))).toBeLessThan(15);
      expect(Math.abs(error(`disjoint/copy+read@${split}/b`))).toBeLessThan(15);
    }
  });

  it('does not depend on chance', () => {
    expect(validateMicro(lines)).toEqual(result);
  });
});

describe('parseMicro', () => {
  const rows = TEXT.trim().split('\n');
  const replaced = (find: string, by: string): string => {
    expect(TEXT).toContain(find);
    return TEXT.replace(find, by);
  };

  it.each([
    ['{"mode":', '{"mode"', 'line 1 is not JSON'],
    ['"mode":"rate"', '"mode":"rates"', "line 1, mode is rates, expected 'rate' or the like"],
    ['"tpcs":2,', '"tpcs":67,', 'line 2, tpcs is 67, expected at most 66 TPCs'],
    ['"work_read":3.786e+11,', '', 'line 1, work_read is missing, expected a number above 0'],
    ['3.786e+11', 'NaN', 'line 1, work_read is NaN, expected a number above 0'],
    ['3.786e+11', '-1', 'line 1, work_read is -1, expected a number above 0'],
    ['"a":"work_read"', '"a":"work_reed"', "a is work_reed, expected 'work_read' or the like"],
    ['"graph_us_per_kernel"', '"graph_us"', 'launch is {"mode":"launch","graph_us"'],
    ['"be_waves":20', '"be_waves":0', 'be_waves is 0, expected a whole number from 1'],
    ['"gap_us_p50":295.2', '"gap_us_p50":-2', 'gap_us_p50 is -2, expected a number above 0'],
  ])('refuses %s as %s', (find, by, message) => {
    const parse = () => parseMicro(replaced(find, by), 'm.jsonl', 66);
    expect(parse).toThrow(LithosError);
    expect(parse).toThrow(message);
  });

  it('needs the rates that the others are predicted from', () => {
    expect(() => parseMicro(rows.slice(1).join('\n'), 'm.jsonl', 66)).toThrow(
      'has no rates on 1 and on 66 TPCs',
    );
    const without = rows.filter((row) => !row.includes('half_alone')).join('\n');
    expect(() => parseMicro(without, 'm.jsonl', 66)).toThrow('without a half_alone line');
  });
});
