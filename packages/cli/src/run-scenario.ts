import { LithosError, SEGMENT_NS } from '@lithos/core';
import {
  type CompareResult,
  compareTable,
  formatDuration,
  type Scenario,
} from '@lithos/experiments';
import { compare, loadInputs, nextOutDir, prepareOutDir } from '@lithos/experiments/node';
import { EXIT } from './errors.ts';
import type { HwPerformer } from './hw/performer.ts';
import { onInterrupt } from './interrupt.ts';
import { ptxVerdicts } from './ptx-verdicts.ts';
import type { RunFlags } from './run-flags.ts';
import { readScenario } from './scenario-files.ts';
import { readSettings, type Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** Runs a scenario under some policies, its own by default, and prints how they compare. */
export async function runScenario(
  terminal: Terminal,
  pathOrName: string,
  flags: RunFlags,
  chosen: readonly string[] | undefined,
): Promise<void> {
  const scenario = overridden(readScenario(pathOrName, flags.backend), flags, terminal);
  const policies = chosen ?? scenario.policies;
  const parameters = readSettings(flags.set ?? [], policies);
  for (const verdict of ptxVerdicts(scenario)) terminal.note(verdict);
  await checkInputs(scenario, flags, terminal);
  const outDir = outFolder(scenario, flags);
  const gpu = await openGpu(terminal, flags, scenario, policies, parameters);
  const ending = outDir === undefined ? 'stopping' : 'completing the records of';
  const interrupt = onInterrupt(terminal, `${ending} what is running`);
  const result = await compare({
    scenario,
    policies,
    seeds: Array.from({ length: flags.seeds }, (_, i) => (flags.seed ?? scenario.seed) + i),
    parameters,
    jobs: flags.jobs,
    outDir,
    record: flags.record,
    lenient: flags.lenient ?? false,
    ...(flags.alone !== undefined && { aloneNs: flags.alone }),
    ...(gpu && { hardware: gpu.perform }),
    signal: interrupt.signal,
    onWarning: (text) => terminal.note(`warning: ${text}`),
    onProgress: (share, what) => terminal.progress.update(share, what),
  }).finally(() => gpu?.close());
  interrupt.release();
  report(terminal, result, scenario, flags);
  if (outDir !== undefined) terminal.note(`run records: ${outDir}`);
  process.exitCode = exitCode(result, interrupt.signal.aborted);
}

/** Makes the real GPU ready, if the runs are for it. */
async function openGpu(
  terminal: Terminal,
  flags: RunFlags,
  scenario: Scenario,
  policies: readonly string[],
  parameters: Settings,
): Promise<HwPerformer | undefined> {
  if (flags.backend === 'sim') return undefined;
  const { openPerformer } = await import('./hw/performer.ts');
  const wanted = { ...flags, savesPower: parameters.lithos?.power === 1 };
  return openPerformer(terminal, wanted, scenario, policies, flags.lenient ?? false);
}

/** The scenario with `--duration` and `--segments` in force. */
function overridden(stated: Scenario, flags: RunFlags, terminal: Terminal): Scenario {
  const scenario = flags.segments
    ? { ...stated, segmentNs: stated.segmentNs ?? SEGMENT_NS }
    : stated;
  const durationNs = flags.duration ?? scenario.durationNs;
  if (scenario.warmupNs < durationNs) return { ...scenario, durationNs };
  const warmupNs = Math.round((scenario.warmupNs * durationNs) / scenario.durationNs);
  terminal.note(
    `the warm-up of ${formatDuration(scenario.warmupNs)} leaves nothing of ${formatDuration(durationNs)}: shortened in proportion`,
  );
  return { ...scenario, durationNs, warmupNs };
}

/** Reads the inputs once before anything is written, so that a bad one leaves nothing behind. */
async function checkInputs(scenario: Scenario, flags: RunFlags, terminal: Terminal): Promise<void> {
  const { skippedRows } = await loadInputs(scenario, flags.lenient);
  for (const [trace, count] of Object.entries(skippedRows)) {
    terminal.note(`${trace}: ${count} unsound rows skipped`);
  }
}

/** Makes the folder for run records, if there are to be any. */
function outFolder(scenario: Scenario, flags: RunFlags): string | undefined {
  if (flags.record === 'none') {
    if (flags.out === undefined) return undefined;
    throw new LithosError(
      'E_VALUE',
      '--record none writes no files, so there is nothing for --out',
      'leave --out away, or give --record summary for the manifest and the summary alone',
    );
  }
  if (flags.out === undefined) return nextOutDir('runs', scenario.name);
  prepareOutDir(flags.out, flags.force ?? false);
  return flags.out;
}

function report(
  terminal: Terminal,
  result: CompareResult,
  scenario: Scenario,
  flags: RunFlags,
): void {
  if (flags.json) {
    terminal.json(result);
    return;
  }
  const { width, paint } = terminal;
  terminal.print(compareTable(result, scenario.tenants, { width, paint }));
}

function exitCode(result: CompareResult, interrupted: boolean): number {
  const ended = (exit: string): boolean => result.runs.some((run) => run.exit === exit);
  if (ended('failed')) return EXIT.failed;
  return interrupted || ended('interrupted') ? EXIT.interrupted : EXIT.ok;
}
