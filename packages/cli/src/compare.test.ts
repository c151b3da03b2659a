import { rmSync } from 'node:fs';
import type { CompareResult } from '@lithos/experiments';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder, writeScenario } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const DISTRIBUTION = Object.fromEntries(
  ['mean', 'p50', 'p90', 'p95', 'p99', 'max'].map((key) => [key, expect.any(Number)]),
);

describe.concurrent('lithos compare --json', () => {
  it('warns where a tenant was not watched long enough to relate to', async () => {
    const args = ['compare', writeScenario(FOLDER), '--record', 'none', '--json'];
    const { code, stderr } = await lithos([...args, '--alone', '1us'], { cwd: FOLDER });
    for (const name of ['classify', 'train']) {
      expect(stderr).toContain(`warning: tenant '${name}' ends no request in the time`);
    }
    expect(code).toBe(0);
    const enough = await lithos([...args, '--alone', '200ms'], { cwd: FOLDER });
    expect(enough).toMatchObject({ code: 0, stderr: '' });
  });

  it('has the documented shape', async () => {
    const args = ['compare', 'quickstart', '--duration', '2s', '--record', 'summary', '--json'];
    const { code, stdout, stderr } = await lithos(args, { cwd: FOLDER });
    expect(code).toBe(0);
    expect(stderr).toContain('shortened in proportion');
    const result = JSON.parse(stdout) as CompareResult;
    expect(result).toMatchObject({
      schema: 'lithos/compare@1',
      scenario: 'quickstart',
      device: 'a100-40gb',
      backend: 'sim',
    });
    expect(result.runs.map((run) => run.policy)).toEqual(['lithos', 'mps', 'mig', 'time-slicing']);
    for (const run of result.runs) {
      expect(run).toMatchObject({ seed: 1, simulated_s: 2, exit: 'complete' });
      for (const key of ['wall_s', 'launches', 'launches_per_wall_s'] as const) {
        expect(run[key]).toBeGreaterThan(0);
      }
      expect(run.run_dir).toBe(`runs/quickstart-1/${run.policy}-seed1`);
      expect(run.device).toEqual({
        tpc_utilization_pct: expect.any(Number),
        energy_j: expect.any(Number),
        mean_power_w: expect.any(Number),
        mean_sm_clock_mhz: expect.any(Number),
      });
      expect(run.aggregate.throughput_x).toBeGreaterThan(0);
      for (const tenant of run.tenants) {
        expect(tenant.latency_ms).toEqual(DISTRIBUTION);
        expect(tenant.requests).toBe(tenant.completed + tenant.unfinished);
        expect(tenant.normalized_goodput).toBeLessThanOrEqual(tenant.normalized_throughput);
      }
      expect(run.tenants[0]?.ttft_ms).toEqual(DISTRIBUTION);
      expect(run.tenants[2]).not.toHaveProperty('ttft_ms');
    }
    const refused = result.runs.find((run) => run.policy === 'mig')?.tenants[2]?.refused;
    expect(refused).toContain('no MIG instance is left');
  });
});

describe.concurrent('lithos compare', () => {
  it('prints a table without colours to a pipe', async () => {
    const args = ['compare', writeScenario(FOLDER), '--record', 'none'];
    const { code, stdout } = await lithos(args, {
      cwd: FOLDER,
      env: { FORCE_COLOR: '1', CI: '1' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small on a100-40gb, simulated\n/);
    expect(stdout).toMatch(/^lithos +classify +hp/m);
    expect(stdout).not.toContain('\x1b');
  });

  it('is not troubled by a reader that goes away', async () => {
    const { code, stderr } = await lithos(['profile', 'list'], {
      onStart: (child) => child.stdout?.destroy(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe.concurrent('a tenant that leaves in mid-kernel', () => {
  it('is in the result and below the table', async () => {
    const scenario = writeScenario(FOLDER, 'closed: 1 }', 'closed: 1 }\n    leaves: 250ms');
    const args = ['run', scenario, '--policy', 'lithos', '--record', 'none'];
    const { stdout } = await lithos([...args, '--json'], { cwd: FOLDER });
    const [run] = (JSON.parse(stdout) as CompareResult).runs;
    const left = { at_ms: 250, tenant: 'train', kind: 'left' };
    expect(run?.incidents).toEqual([{ ...left, detail: expect.stringMatching(/^left with \d+ /) }]);
    const table = await lithos(args, { cwd: FOLDER });
    expect(table.stdout).toMatch(
      /^Under lithos, at 0\.25 s, train left with \d+ launches waiting/m,
    );
  });
});

describe.concurrent('lithos run', () => {
  it('gives one run in the same shape', async () => {
    const args = ['run', writeScenario(FOLDER), '--policy', 'mps', '--seed', '3', '--json'];
    const { stdout } = await lithos(args, { cwd: FOLDER });
    const { schema, runs } = JSON.parse(stdout) as CompareResult;
    expect(schema).toBe('lithos/compare@1');
    expect(runs.map(({ policy, seed }) => [policy, seed])).toEqual([['mps', 3]]);
  });
});
