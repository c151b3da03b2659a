import { LithosError, nearest } from '@lithos/core';
import { ablation } from './ablation/ablation.ts';
import { dvfs } from './dvfs/dvfs.ts';
import { headOfLine } from './head-of-line/head-of-line.ts';
import { overhead } from './overhead/overhead.ts';
import { prediction } from './prediction/prediction.ts';
import { rightSizing } from './right-sizing/right-sizing.ts';
import type { ExperimentDefinition } from './types.ts';

/** All experiments, in the order of the paper. A new one is a folder and one more line here. */
export const EXPERIMENTS: readonly ExperimentDefinition[] = [
  rightSizing,
  dvfs,
  ablation,
  headOfLine,
  prediction,
  overhead,
];

/** The experiment of this name; an unknown name is an error that gives the nearest one. */
export function findExperiment(name: string): ExperimentDefinition {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found !== undefined) return found;
  const names = EXPERIMENTS.map((experiment) => experiment.name);
  const guess = nearest(name, names);
  throw new LithosError(
    'E_EXPERIMENT_NAME',
    `there is no experiment '${name}'`,
    guess === undefined ? `known experiments: ${names.join(', ')}` : `did you mean '${guess}'?`,
  );
}
