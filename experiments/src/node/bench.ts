import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SECOND } from '@lithos/core';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario-types.ts';
import { scenarioContext } from './scenario-context.ts';

/** A workload that the simulator's speed is measured with. */
export interface BenchWork {
  readonly id: string;
  readonly scenario: Scenario;
  readonly policy: string;
  /** A run record is written while the clock runs. */
  readonly recorded: boolean;
}

/** The simulator's speed in one case, on one core. */
export interface BenchCase {
  readonly id: string;
  readonly recorded: boolean;
  /** Kernel launches of one repetition. */
  readonly launches: number;
  readonly launches_per_wall_s: number;
  /** Events of the simulator's engine. */
  readonly events_per_wall_s: number;
  /** Simulated time over wall time. */
  readonly simulated_over_real: number;
  /** Most memory that the case's process had resident. */
  readonly peak_memory_mb: number;
}

/** The output of `lithos bench --json`. */
export interface BenchResult {
  readonly schema: 'lithos/bench@1';
  readonly machine: string;
  /** Timed repetitions of a case, of which the median is given. */
  readonly repetitions: number;
  readonly cases: readonly BenchCase[];
}

/** Repetitions of each case after one untimed, shorter one. */
export const REPETITIONS = 3;

/** One closed-loop tenant that has the device to itself. */
const ALONE = `
name: alone
device: a100-40gb
duration: 120s
tenants:
  - name: train
    class: hp
    quota: 100%
    workload: { profile: resnet50-train-b32 }
    arrivals: { closed: 1 }
`;

/** Device time of the quickstart's cases: a second or more of wall time. */
const QUICKSTART_NS = 60 * SECOND;

/** The cases, in the order of the report. */
export function benchWork(): readonly BenchWork[] {
  const context = scenarioContext();
  // The same place seen from `src` and from `dist`.
  const file = fileURLToPath(new URL('../../scenarios/quickstart.yaml', import.meta.url));
  const quickstart = {
    ...parseScenario(readFileSync(file, 'utf8'), file, context),
    durationNs: QUICKSTART_NS,
  };
  const alone = parseScenario(ALONE, 'alone', context);
  return [
    { id: 'alone', scenario: alone, policy: 'lithos', recorded: false },
    { id: 'quickstart', scenario: quickstart, policy: 'lithos', recorded: false },
    { id: 'quickstart-recorded', scenario: quickstart, policy: 'lithos', recorded: true },
  ];
}

/**
 * Measures the simulator's speed. Each case has a process of its own, so that its peak memory is its
 * own, and that no case profits from what the compiler learnt in another.
 * @param onCase told before each case
 */
export async function bench(
  onCase?: (done: number, all: number, id: string) => void,
): Promise<BenchResult> {
  const ids = benchWork().map(({ id }) => id);
  const cases: BenchCase[] = [];
  for (const id of ids) {
    onCase?.(cases.length, ids.length, id);
    cases.push(await inProcess(id));
  }
  return { schema: 'lithos/bench@1', machine: machine(), repetitions: REPETITIONS, cases };
}

function inProcess(id: string): Promise<BenchCase> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./bench-process.js', import.meta.url)), [id]);
    child.on('message', (result) => resolve(result as BenchCase));
    child.on('error', reject);
    // After the message this changes nothing; without one the process died.
    child.on('exit', (code, signal) => {
      reject(new Error(`the process of case '${id}' ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const cores = availableParallelism();
  return `${model}, ${cores} cores, Node ${process.version}, ${process.platform} ${process.arch}`;
}
