import { VERSION } from '@lithos/experiments';
import { Command } from 'commander';
import { addBench } from './commands/bench.ts';
import { addCompare } from './commands/compare.ts';
import { addDevices } from './commands/devices.ts';
import { addExperiment } from './commands/experiment.ts';
import { addExport } from './commands/export.ts';
import { addHw } from './commands/hw.ts';
import { addPolicies } from './commands/policies.ts';
import { addProfile } from './commands/profile.ts';
import { addRun } from './commands/run.ts';
import { addScenarios } from './commands/scenarios.ts';
import { addTraces } from './commands/traces.ts';
import { addValidate } from './commands/validate.ts';
import { addView } from './commands/view.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 the run failed, 2 bad usage or input, 3 a threshold was missed,
130 interrupted. Data goes to stdout, messages and progress to stderr.`;

/** The `lithos` command with all its subcommands. A new one is a file in `commands/` and a line here. */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('lithos')
    .description('Schedule many models on one GPU, simulated: LithOS and what it is compared with.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      // Usage errors are thrown, and reported like all others.
      outputError: () => {},
    });
  addCompare(program, terminal);
  addRun(program, terminal);
  addExperiment(program, terminal);
  addPolicies(program, terminal);
  addDevices(program, terminal);
  addScenarios(program, terminal);
  addTraces(program, terminal);
  addProfile(program, terminal);
  addValidate(program, terminal);
  addExport(program, terminal);
  addBench(program, terminal);
  addView(program, terminal);
  addHw(program, terminal);
  return program;
}
