import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const RUN = {
  mode: 'tpc-partition',
  tpc_groups: { hp: [0, 33], be: [33, 66] },
  window_s: 0.1,
  hp: { workload: 'resnet50-b1', arrival_us: [10, 40_000], latency_us: [1500, 1600] },
  be: { workload: 'resnet50-train-b32', iterations: 3, wall_s: 0.1 },
};

function written(name: string, run: object): string {
  const file = join(FOLDER, name);
  writeFileSync(file, JSON.stringify({ schema: 'colocation/1', runs: [run] }));
  return file;
}

describe('lithos validate colocation', () => {
  it('prints three cases per pair, and names what no solo run calibrates', async () => {
    const file = written('good.json', RUN);
    const args = ['validate', 'colocation', '--measurements', file];
    const { code, stdout } = await lithos([...args, '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { readonly cases: readonly object[] };
    expect(result).toMatchObject({
      schema: 'lithos/validate@1',
      what: 'colocation',
      median_abs_error_pct: expect.any(Number),
      p90_abs_error_pct: expect.any(Number),
      modes: [{ mode: 'tpc-partition' }],
      uncalibrated: ['unnamed/resnet50-b1', 'unnamed/resnet50-train-b32'],
    });
    expect(result.cases).toMatchObject(
      ['be_iterations_per_s', 'hp_p50_ms', 'hp_p99_ms'].map((quantity) => ({
        id: 'unnamed/tpc-partition/33-33/resnet50-b1+resnet50-train-b32',
        quantity,
        measured: expect.any(Number),
        predicted: expect.any(Number),
        error_pct: expect.any(Number),
      })),
    );
    const table = await lithos(args);
    expect(table.stdout).toContain('Without a solo run');
  });

  it('refuses a bad file, and says what is wrong where', async () => {
    const file = written('bad.json', { ...RUN, be: { ...RUN.be, wall_s: -1 } });
    const { code, stdout, stderr } = await lithos([
      'validate',
      'colocation',
      '--measurements',
      file,
      '--json',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('runs[0].be.wall_s is -1, expected a number above 0');
  });
});

describe('lithos validate micro', () => {
  it('prints cases, and apart from them those that gave a constant', async () => {
    const { code, stdout } = await lithos(['validate', 'micro', '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { readonly cases: readonly object[] };
    expect(result).toMatchObject({ schema: 'lithos/validate@1', what: 'micro', device: 'h200' });
    expect(result.cases.length).toBeGreaterThan(300);
    const table = await lithos(['validate', 'micro']);
    expect(table.stdout).toContain('gave the model a constant and are not counted');
  });

  it('refuses a bad line', async () => {
    const file = join(FOLDER, 'bad.jsonl');
    writeFileSync(file, '{"mode":"dispatch","blocks":10,"threads":32,"us":-1}\n');
    const { code, stderr } = await lithos(['validate', 'micro', '--measurements', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('line 1, us is -1, expected a number above 0');
  });
});
