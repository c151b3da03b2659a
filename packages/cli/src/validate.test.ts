import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadgenServerRun } from '@lithos/traces';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const HEADER =
  'loadgen_scenario,target_qps,schedule_rng_seed,min_duration_ms,min_query_count,generated_query_count,generated_query_duration_ns';
const RUN = loadgenServerRun({
  targetQps: 50,
  scheduleSeed: 9933818062894767841n,
  minDurationNs: 60e9,
  minQueries: 100,
});
const row = (queries: number): string =>
  `Server,50,9933818062894767841,60000,100,${queries},${RUN.durationNs}`;

async function validate(
  rows: readonly string[],
  ...more: readonly string[]
): Promise<{ readonly code: number | undefined; readonly json: Record<string, unknown> }> {
  const file = join(FOLDER, 'runs.csv');
  writeFileSync(file, `${[HEADER, ...rows].join('\n')}\n`);
  const args = ['validate', 'loadgen', '--measurements', file, '--json', ...more];
  const { code, stdout } = await lithos(args);
  return { code, json: JSON.parse(stdout) as Record<string, unknown> };
}

describe('lithos validate loadgen', () => {
  it('counts runs that agree to the nanosecond', async () => {
    const { code, json } = await validate([row(RUN.queryCount)]);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      schema: 'lithos/validate@1',
      what: 'loadgen',
      checked: 1,
      exact: 1,
      median_abs_error_pct: 0,
      p90_abs_error_pct: 0,
    });
    expect(json.cases).toHaveLength(2);
  });

  it('takes a device as the others do, and refuses one that there is not', async () => {
    const known = await validate([row(RUN.queryCount)], '--device', 'h200');
    expect(known).toMatchObject({ code: 0, json: { checked: 1, exact: 1 } });
    const args = ['--measurements', join(FOLDER, 'runs.csv'), '--device', 'h20'];
    const { code, stdout, stderr } = await lithos(['validate', 'loadgen', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("'h20'");
  });

  it('misses its threshold if one does not', async () => {
    const { code, json } = await validate([row(RUN.queryCount), row(RUN.queryCount + 1)]);
    expect(code).toBe(3);
    expect(json).toMatchObject({ checked: 2, exact: 1 });
  });
});
