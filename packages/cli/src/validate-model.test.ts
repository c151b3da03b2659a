import { describe, expect, it } from 'vitest';
import { lithos } from './testing.ts';

describe('lithos validate', () => {
  it('prints kernels as one object', async () => {
    const { code, stdout } = await lithos(['validate', 'kernels', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'lithos/validate@1',
      what: 'kernels',
      device: 'h200',
      median_abs_error_pct: expect.any(Number),
      p90_abs_error_pct: expect.any(Number),
      weighted_abs_error_pct: expect.any(Number),
      interpolation_weighted_abs_error_pct: expect.any(Number),
      worst_workload: { id: expect.any(String), weighted_abs_error_pct: expect.any(Number) },
    });
  });

  it('prints power as one object, and as a table that says what was fitted on what', async () => {
    const json = await lithos(['validate', 'power', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ what: 'power', fit: 'family-left-out' });
    const text = await lithos(['validate', 'power']);
    expect(text.code).toBe(0);
    expect(text.stdout.replaceAll('\n', ' ')).toContain('fitted without its model family');
    expect(text.stdout.split('\n')[1]).toMatch(/^bert-large-s384-b1 +397\.3 W +\d+\.\d W +[+-]/);
  });

  it('refuses another device and a file that is not there', async () => {
    const device = await lithos(['validate', 'kernels', '--device', 'a100-40gb']);
    expect(device).toMatchObject({ code: 2, stdout: '' });
    expect(device.stderr).toContain("no measurements of a device 'a100-40gb'");
    const file = await lithos(['validate', 'kernels', '--measurements', 'none.json']);
    expect(file.code).toBe(2);
    expect(file.stderr).toContain('cannot read none.json');
  });
});
