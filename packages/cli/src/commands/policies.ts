import { findPolicy, POLICIES, type PolicyDefinition } from '@lithos/core';
import type { Command } from 'commander';
import { columns } from '../layout.ts';
import { formatSetting } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

/** `lithos policies`. */
export function addPolicies(program: Command, terminal: Terminal): void {
  program
    .command('policies')
    .description('list the policies, or the parameters of one')
    .argument('[name]', 'a policy')
    .option('--json', 'print one JSON object')
    .action((name: string | undefined, { json }: { readonly json?: boolean }) => {
      const policies = name === undefined ? POLICIES : [findPolicy(name)];
      if (json) {
        terminal.json({
          schema: 'lithos/policies@1',
          policies: policies.map((policy) => ({
            name: policy.name,
            description: policy.description,
            parameters: policy.parameters,
          })),
        });
      } else if (name === undefined) {
        terminal.print(
          columns(
            policies.map((policy) => [policy.name, policy.description]),
            terminal.width,
          ),
        );
      } else {
        for (const policy of policies) printPolicy(policy, terminal);
      }
    });
}

function printPolicy(policy: PolicyDefinition, terminal: Terminal): void {
  terminal.print(`${terminal.paint.bold(policy.name)}: ${policy.description}`);
  const parameters = Object.entries(policy.parameters);
  if (parameters.length === 0) terminal.print('It has no parameters.');
  for (const [name, { default: initial, unit, min, max, description, source }] of parameters) {
    const format = (value: number): string => formatSetting(unit, value);
    const range = unit === 'switch' ? 'on or off' : `${format(min)} to ${format(max)}`;
    terminal.print(`\n${policy.name}.${name}=${format(initial)}`);
    terminal.print(
      columns(
        [
          ['  meaning', description],
          ['  unit', unit],
          ['  range', range],
          ['  source', source],
        ],
        terminal.width,
      ),
    );
  }
}
