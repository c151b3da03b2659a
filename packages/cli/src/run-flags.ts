import { availableParallelism } from 'node:os';
import type { Ns } from '@lithos/core';
import { parseDuration, type RecordLevel } from '@lithos/experiments';
import { type Command, Option } from 'commander';
import { countReader } from './values.ts';

/** Flags that `compare` and `run` share. */
export interface RunFlags {
  readonly seeds: number;
  readonly seed?: number;
  readonly duration?: Ns;
  readonly alone?: Ns;
  readonly jobs: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly lenient?: boolean;
  readonly record: RecordLevel;
  readonly set?: readonly string[];
  readonly json?: boolean;
  readonly backend: 'sim' | 'hw';
  readonly segments?: boolean;
  readonly gpu: number;
  readonly startMps?: boolean;
  readonly allowClocks?: boolean;
}

const MAX_SEEDS = 100_000;
const MAX_JOBS = 1024;
const MAX_GPUS = 64;

/** Adds the flags of `RunFlags`. */
export function addRunFlags(command: Command): Command {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    text,
  ];
  return command
    .option('--duration <time>', "simulated time, such as 10s (the scenario's)", (text) =>
      parseDuration(text, '--duration'),
    )
    .option(
      '--alone <time>',
      'how long each tenant is watched alone first (2s; 60s if it serves an LLM; own kernels until they make a rate)',
      (text) => parseDuration(text, '--alone'),
    )
    .option(
      '--seed <n>',
      "first seed (the scenario's)",
      countReader('--seed', 0, Number.MAX_SAFE_INTEGER - MAX_SEEDS),
    )
    .option('--seeds <n>', 'how many seeds, counted up', countReader('--seeds', 1, MAX_SEEDS), 1)
    .addOption(
      new Option('--jobs <n>', 'runs at a time')
        .argParser(countReader('--jobs', 1, MAX_JOBS))
        .default(availableParallelism(), 'one per core'),
    )
    .option('--set <policy.parameter=value>', "set a policy's parameter; repeatable", collect)
    .option('--out <folder>', 'where run records go (runs/<scenario>-<n>)')
    .option('--force', 'write into a folder that is not empty')
    .addOption(
      new Option('--record <what>', 'what of a run is recorded; none writes no files at all')
        .choices(['all', 'requests', 'summary', 'none'])
        .default('all'),
    )
    .option('--lenient', 'skip and count unsound trace rows instead of refusing the file')
    .option('--json', 'print one JSON object, lithos/compare@1')
    .addOption(
      new Option('--backend <what>', 'the simulator, or the real GPU')
        .choices(['sim', 'hw'])
        .default('sim'),
    )
    .option('--segments', 'simulator: submit short launches together, as on the real GPU')
    .option('--gpu <n>', 'real GPU: which one', countReader('--gpu', 0, MAX_GPUS), 0)
    .option('--start-mps', 'real GPU: start an MPS daemon for this command alone')
    .option('--allow-clocks', 'real GPU: policies may change its SM clock (needs root)');
}
