import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECOND } from '@lithos/core';
import { RunRecorder } from '../record/recorder.ts';
import { deviceOptions } from '../runner/backend.ts';
import { type RunHooks, run } from '../runner/run.ts';
import type { RunSink } from '../runner/run-sink.ts';
import { simBackend } from '../runner/sim-backend.ts';
import { measureSolo } from '../runner/solo.ts';
import { scenarioToJson } from '../scenario/to-json.ts';
import { VERSION } from '../version.ts';
import { type BenchCase, type BenchWork, benchWork, REPETITIONS } from './bench.ts';
import { FolderSink } from './folder-sink.ts';
import { type LoadedInputs, loadInputs } from './inputs.ts';

/** Entry of a benchmark's process: measures the one case that its argument names, and reports it. */

/** Device time of the first, untimed repetition. */
const WARM_UP_NS = 15 * SECOND;

const HOOKS: RunHooks = {
  clock: () => performance.now(),
  pause: () => new Promise((resolve) => setImmediate(resolve)),
};

interface Repetition {
  readonly launches: number;
  readonly events: number;
  readonly simulatedS: number;
  readonly wallS: number;
}

async function measure(work: BenchWork): Promise<BenchCase> {
  const inputs = await loadInputs(work.scenario);
  const solo: number[] = [];
  for (const tenant of work.scenario.tenants.keys()) {
    solo.push(await measureSolo(work.scenario, tenant, simBackend, inputs, HOOKS));
  }
  await repeat({ ...work, scenario: { ...work.scenario, durationNs: WARM_UP_NS } }, inputs, solo);
  const repetitions: Repetition[] = [];
  for (let i = 0; i < REPETITIONS; i++) repetitions.push(await repeat(work, inputs, solo));
  const [median] = repetitions.sort((a, b) => a.wallS - b.wallS).slice(Math.floor(REPETITIONS / 2));
  if (median === undefined) throw new Error('there is at least one repetition');
  return {
    id: work.id,
    recorded: work.recorded,
    launches: median.launches,
    launches_per_wall_s: median.launches / median.wallS,
    events_per_wall_s: median.events / median.wallS,
    simulated_over_real: median.simulatedS / median.wallS,
    peak_memory_mb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
}

async function repeat(
  work: BenchWork,
  inputs: LoadedInputs,
  solo: readonly number[],
): Promise<Repetition> {
  const { scenario, policy, recorded } = work;
  const folder = recorded ? mkdtempSync(join(tmpdir(), 'lithos-bench-')) : undefined;
  try {
    const device = simBackend.open(scenario.device, deviceOptions(scenario, policy));
    const recorder = folder === undefined ? undefined : openRecord(work, folder);
    const sink: { sink?: RunSink } = recorder === undefined ? {} : { sink: recorder };
    const began = performance.now();
    const result = await run(
      { scenario, policy, seed: scenario.seed, device, inputs, solo, ...sink },
      HOOKS,
    );
    recorder?.finish({ exit: 'complete', launches: result.launches, wallSeconds: result.wall_s });
    const wallS = (performance.now() - began) / 1000;
    const { events } = device.counters();
    device.close();
    return { launches: result.launches, events, simulatedS: result.simulated_s, wallS };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function openRecord({ scenario, policy }: BenchWork, folder: string): RunRecorder {
  return new RunRecorder({
    sink: new FolderSink(folder),
    level: 'all',
    tenants: scenario.tenants.map((tenant) => tenant.name),
    started: new Date().toISOString(),
    run: {
      scenario: scenarioToJson(scenario),
      policy,
      parameters: {},
      seed: scenario.seed,
      backend: 'sim',
      device: { id: scenario.device },
      inputs: [],
      code: VERSION,
    },
  });
}

const work = benchWork().find(({ id }) => id === process.argv[2]);
if (work === undefined) throw new Error(`there is no case '${process.argv[2]}'`);
process.send?.(await measure(work));
process.disconnect();
