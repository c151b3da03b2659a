import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentResult } from '@lithos/experiments';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe.concurrent('lithos experiment', () => {
  it('gives claims in the documented shape, and writes them with tables and charts', async () => {
    const out = join(FOLDER, 'out');
    const args = ['experiment', 'prediction', '--quick', '--json', '--out', out];
    const { code, stdout } = await lithos(args, { cwd: FOLDER });
    const result = JSON.parse(stdout) as ExperimentResult;
    expect(result).toMatchObject({ schema: 'lithos/experiment@1', name: 'prediction', seeds: [1] });
    expect(result.claims.map(({ id }) => id)).toContain('hp_mispredicted_pct');
    for (const claim of result.claims) {
      expect(claim).toMatchObject({
        paper: expect.any(Number),
        ours: expect.any(Number),
        unit: expect.any(String),
        meets: expect.any(Boolean),
      });
      expect(claim).not.toHaveProperty('ci95');
    }
    expect(code).toBe(result.claims.every(({ meets }) => meets) ? 0 : 3);
    expect(readdirSync(out).sort()).toEqual([
      'claims.json',
      'stacks.csv',
      'stacks.svg',
      'tables.md',
    ]);
    expect(JSON.parse(readFileSync(join(out, 'claims.json'), 'utf8'))).toEqual(result);
    const again = await lithos([...args.slice(0, 2), '--out', out]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
  });

  it('lists what there is', async () => {
    const { code, stdout } = await lithos(['experiment', 'list']);
    expect(code).toBe(0);
    for (const name of ['right-sizing', 'dvfs', 'ablation', 'head-of-line', 'overhead']) {
      expect(stdout).toMatch(new RegExp(`^${name} +8\\.`, 'm'));
    }
    const json = await lithos(['experiment', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'lithos/experiments@1' });
  });

  it('refuses an unknown name', async () => {
    const { code, stderr } = await lithos(['experiment', 'ablaton']);
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean 'ablation'?");
  });
});
