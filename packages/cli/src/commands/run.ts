import { findPolicy } from '@lithos/core';
import type { Command } from 'commander';
import { addRunFlags, type RunFlags } from '../run-flags.ts';
import { runScenario } from '../run-scenario.ts';
import type { Terminal } from '../terminal.ts';

interface OneRunFlags extends RunFlags {
  readonly policy: string;
}

/** `lithos run`. */
export function addRun(program: Command, terminal: Terminal): void {
  const command = program
    .command('run')
    .description('run a scenario under one policy')
    .argument('<scenario>', 'a scenario file, or the name of a shipped one')
    .requiredOption('--policy <name>', 'the policy', (name) => findPolicy(name).name);
  addRunFlags(command).action((scenario: string, flags: OneRunFlags) =>
    runScenario(terminal, scenario, flags, [flags.policy]),
  );
}
