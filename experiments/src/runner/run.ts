import { LithosError } from '@lithos/core';
import type { RunResult } from '../results.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

/** Wall time between two looks at progress and at Ctrl-C, ms. */
const REPORT_MS = 100;

export interface RunHooks {
  /** Wall clock in ms; only measures speed. */
  clock(): number;
  /** Lets other tasks of the thread run: how an abort gets noticed. */
  pause(): Promise<void>;
  readonly signal?: AbortSignal;
  /** Share of the run that is done, 0 to 1. */
  onProgress?(share: number): void;
}

/** Plays one run to its end, or to the abort signal, and gives its result. */
export async function run(options: SimulationOptions, hooks: RunHooks): Promise<RunResult> {
  const { durationNs } = options.scenario;
  const began = hooks.clock();
  let reported = began;
  const simulation = new Simulation(options);
  let interrupted = false;
  while (!(await simulation.advance(durationNs))) {
    const now = hooks.clock();
    if (now - reported < REPORT_MS) continue;
    reported = now;
    hooks.onProgress?.(options.device.port.now() / durationNs);
    await hooks.pause();
    if (hooks.signal?.aborted) {
      interrupted = true;
      break;
    }
  }
  const outcome = simulation.outcome();
  const wall = Math.max(1e-9, (hooks.clock() - began) / 1000);
  const { energy_j: energyJ } = outcome.device;
  if (energyJ !== undefined && !Number.isFinite(energyJ)) {
    throw new LithosError('E_RUN', 'the run gave no finite energy', undefined, 1);
  }
  return {
    ...outcome,
    wall_s: wall,
    launches_per_wall_s: outcome.launches / wall,
    run_dir: undefined,
    exit: interrupted ? 'interrupted' : 'complete',
  };
}
