import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { readLoadgenTable } from './node/loadgen-table.ts';
import { sharedData } from './node/shared-data.ts';
import { validateLoadgen } from './validate-loadgen.ts';

const FACTS = sharedData('traces/mlperf/inference_v5.1_run_facts.csv');

const GOOD = {
  submitter: 'a',
  model: 'b',
  loadgen_scenario: 'Server',
  target_qps: '18.5',
  min_duration_ms: '600000',
  sample_concatenate_permutation: 'False',
  schedule_rng_seed: '18209322760996052031',
  generated_query_count: '11212',
  generated_query_duration_ns: '600147619045',
};

const check = (fields: Record<string, string>) =>
  validateLoadgen([{ line: 2, fields: { ...GOOD, ...fields } }], { file: 'runs.csv' });

describe('validateLoadgen', () => {
  it('compares number of queries and duration', () => {
    const result = check({});
    expect(result).toMatchObject({ checked: 1, exact: 1, median_abs_error_pct: 0, skipped: [] });
    expect(result.cases.map((c) => [c.id, c.quantity, c.measured, c.predicted])).toEqual([
      ['a/b', 'generated_query_count', 11212, 11212],
      ['a/b', 'generated_query_duration_ns', 600147619045, 600147619045],
    ]);
  });

  it('tells a difference of one nanosecond', () => {
    const result = check({ generated_query_duration_ns: '600147619046' });
    expect(result).toMatchObject({ checked: 1, exact: 0 });
    expect(result.cases[1]?.error_pct).toBeLessThan(0);
  });

  it('takes the duration of mlperf.conf where the table has none', () => {
    expect(check({ min_duration_ms: '' })).toMatchObject({ checked: 1, exact: 1 });
  });

  it('uses a stated min_query_count, and says when it had to assume one', () => {
    const longer = { generated_query_count: '12000', generated_query_duration_ns: '1' };
    expect(check({ ...longer, min_query_count: '12000' })).toMatchObject({
      checked: 1,
      assumed_min_query_count: [],
    });
    expect(check(longer).assumed_min_query_count).toEqual(['a/b']);
  });

  it('skips what it cannot check, with the reason', () => {
    const rows = [
      { line: 2, fields: GOOD },
      { line: 3, fields: { ...GOOD, loadgen_scenario: 'Offline' } },
      { line: 4, fields: { ...GOOD, schedule_rng_seed: '' } },
      { line: 5, fields: { ...GOOD, generated_query_count: '3000001' } },
      { line: 6, fields: { ...GOOD, target_qps: '1e12' } },
      { line: 7, fields: { ...GOOD, min_query_count: '4000000' } },
    ];
    const reasons = validateLoadgen(rows, { file: 'runs.csv' }).skipped.map((s) => s.reason);
    expect(reasons).toEqual([
      'scenario Offline',
      'no schedule_rng_seed',
      'more than 3000000 queries',
      'target_qps x min_duration_ms is more than 3000000 queries',
      'more than 3000000 queries',
    ]);
  });

  it.each([
    ['target_qps', 'fast', 'a number above 0'],
    ['target_qps', '0', 'a number above 0'],
    ['schedule_rng_seed', '-1', 'an unsigned 64-bit integer'],
    ['schedule_rng_seed', '18446744073709551616', 'an unsigned 64-bit integer'],
    ['generated_query_count', '1.5', 'a whole number from 1'],
    ['min_duration_ms', '99999999999999', 'whole milliseconds'],
    ['sample_concatenate_permutation', 'maybe', 'True or False'],
  ])('refuses %s = %s', (column, text, expected) => {
    expect(() => check({ [column]: text })).toThrow(LithosError);
    expect(() => check({ [column]: text })).toThrow(`runs.csv:2: ${column} is '${text}'`);
    expect(() => check({ [column]: text })).toThrow(expected);
  });

  it('refuses a table without a run to check', () => {
    expect(() => validateLoadgen([], { file: 'runs.csv' })).toThrow('no LoadGen Server run');
  });
});

describe.skipIf(FACTS === undefined)('the recorded v5.1 runs', () => {
  it('are reproduced to the nanosecond (those below 400,000 queries)', () => {
    const file = FACTS ?? '';
    const result = validateLoadgen(readLoadgenTable(file), { file, maxQueries: 400_000 });
    expect(result.checked).toBeGreaterThan(120);
    expect(result.exact).toBe(result.checked);
  });
});
