import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readLoadgenTable } from './loadgen-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'lithos-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER =
  'loadgen_scenario,target_qps,schedule_rng_seed,generated_query_count,generated_query_duration_ns';

function read(text: string) {
  const file = join(folder, 'runs.csv');
  writeFileSync(file, text);
  return readLoadgenTable(file);
}

it('reads rows with their lines', () => {
  const rows = read(`${HEADER}\nServer,1,2,3,4\n\n"Off,line",5,6,7,8`);
  expect(rows.map((row) => row.line)).toEqual([2, 4]);
  expect(rows[1]?.fields.loadgen_scenario).toBe('Off,line');
});

it('names line and what was expected', () => {
  expect(() => read('a,b\n1,2\n')).toThrow('runs.csv:1: no column loadgen_scenario, target_qps');
  expect(() => read('')).toThrow('runs.csv:1: no column');
  expect(() => read(`${HEADER}\nServer,1\n`)).toThrow('runs.csv:2: 2 cells, expected 5');
  expect(() => read(`${HEADER}\n"Server,1\n`)).toThrow('runs.csv:');
  expect(() => readLoadgenTable(join(folder, 'missing.csv'))).toThrow('cannot read');
});
