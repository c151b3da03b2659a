import type { Command } from 'commander';
import { addRunFlags, type RunFlags } from '../run-flags.ts';
import { runScenario } from '../run-scenario.ts';
import type { Terminal } from '../terminal.ts';
import { readPolicies } from '../values.ts';

interface CompareFlags extends RunFlags {
  readonly policies?: readonly string[];
}

/** `lithos compare`. */
export function addCompare(program: Command, terminal: Terminal): void {
  const command = program
    .command('compare')
    .description('run a scenario under several policies and compare them')
    .argument('<scenario>', 'a scenario file, or the name of a shipped one')
    .option('--policies <names>', "policies, such as lithos,mps (the scenario's)", readPolicies);
  addRunFlags(command).action((scenario: string, flags: CompareFlags) =>
    runScenario(terminal, scenario, flags, flags.policies),
  );
}
