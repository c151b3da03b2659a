import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claim } from '../experiments/claims.ts';
import {
  bestEffort,
  highPriority,
  iterationOf,
  load,
  scenarioOf,
  seconds,
} from '../experiments/setup.ts';
import type { ExperimentContext, ExperimentDefinition, RunOutcome } from '../experiments/types.ts';
import { runExperiment, writeExperiment } from './experiment.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'lithos-test-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const SCENARIO = scenarioOf(
  'toy',
  [
    highPriority('service', iterationOf('resnet50-b1'), load(0.2), 40),
    bestEffort('job', iterationOf('dlrm-train-b2048')),
  ],
  seconds(0.05),
);

/** A toy: a service beside a job, and what was seen of the runs. */
function toy(parameters: Record<string, number> = {}) {
  const seen: RunOutcome[] = [];
  const definition: ExperimentDefinition = {
    name: 'toy',
    title: 'A toy',
    description: 'nothing',
    section: '0',
    setup: ['One | service.'],
    run: async (context: ExperimentContext) => {
      const cases = context.seeds.map((seed) => ({
        seed,
        scenario: SCENARIO,
        policy: 'lithos',
        parameters,
        probed: true,
      }));
      const done = await context.runs('toys', cases);
      seen.push(...done);
      const values = done.map((d) => d.result.tenants[0]?.completed ?? 0);
      return {
        claims: [claim('requests', { paper: 1, unit: '', better: 'higher', values })],
        tables: [
          {
            id: 'toys',
            title: 'Toys',
            columns: [{ title: 'seed' }, { title: 'P99, ms', digits: 2 }],
            rows: done.map((d) => [`${d.seed}`, d.result.tenants[0]?.latency_ms.p99]),
          },
        ],
        charts: [],
      };
    },
  };
  return { definition, seen };
}

const OPTIONS = { quick: true, seeds: [1, 2], jobs: 1 };

describe('runExperiment', () => {
  it('does runs with each seed, at the stated load, and probes them', async () => {
    const { definition, seen } = toy();
    const steps: string[] = [];
    const done = await runExperiment(definition, {
      ...OPTIONS,
      onProgress: (share, what) => steps.push(`${what} ${share}`),
    });
    expect(done?.result).toMatchObject({
      schema: 'lithos/experiment@1',
      name: 'toy',
      quick: true,
      seeds: [1, 2],
      claims: [{ id: 'requests', meets: true }],
    });
    expect(steps).toEqual(['tenants alone 1', 'toys 0.5', 'toys 1']);
    for (const { result, probe } of seen) {
      expect(result.tenants[0]?.normalized_throughput).toBeGreaterThan(0.05);
      expect(result.tenants[0]?.normalized_throughput).toBeLessThan(0.6);
      const [service, job] = probe?.tenants ?? [];
      expect(service?.predictions).toBeGreaterThan(200);
      expect(service?.mispredicted).toBeLessThan(service?.predictions ?? 0);
      const held = (service?.tpcNs ?? 0) / (service?.busyNs ?? 1);
      expect(held).toBeGreaterThanOrEqual(40);
      expect(held).toBeLessThanOrEqual(54);
      expect(job?.atoms).toBeGreaterThan(0);
      expect(probe?.meanPowerW).toBeGreaterThan(50);
      expect(probe?.meanSmMhz).toBeCloseTo(1410, 0);
    }
  });

  it('writes the same files again', async () => {
    const texts: string[][] = [];
    for (const name of ['a', 'b']) {
      const { definition } = toy();
      const done = await runExperiment(definition, { ...OPTIONS, seeds: [1] });
      if (done === undefined) throw new Error('interrupted');
      const folder = mkdtempSync(join(ROOT, name));
      writeExperiment(folder, definition, done.result, done.findings);
      const files = readdirSync(folder).sort();
      expect(files).toEqual(['claims.json', 'tables.md', 'toys.csv']);
      texts.push(files.map((file) => readFileSync(join(folder, file), 'utf8')));
    }
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.[2]).toMatch(/^seed,"P99, ms"\r\n1,\d+\.\d+\r\n$/);
  });

  it('refuses parameters that the policy does not have before anything runs', async () => {
    const { definition, seen } = toy({ 'no-such': 1 });
    await expect(runExperiment(definition, OPTIONS)).rejects.toMatchObject({
      code: 'E_POLICY_PARAMETER',
    });
    expect(seen).toEqual([]);
  });

  it('gives nothing when interrupted', async () => {
    const { definition } = toy();
    const signal = AbortSignal.abort();
    expect(await runExperiment(definition, { ...OPTIONS, signal })).toBeUndefined();
  });
});
