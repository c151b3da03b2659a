import type { Command } from 'commander';
import { columns } from '../layout.ts';
import { shippedScenarios, shorter } from '../scenario-files.ts';
import type { Terminal } from '../terminal.ts';

/** `lithos scenarios`. */
export function addScenarios(program: Command, terminal: Terminal): void {
  program
    .command('scenarios')
    .description('list the scenarios that come with the software')
    .option('--json', 'print one JSON object')
    .action(({ json }: { readonly json?: boolean }) => {
      const scenarios = shippedScenarios();
      if (json) {
        terminal.json({ schema: 'lithos/scenarios@1', scenarios });
        return;
      }
      const rows = scenarios.flatMap(({ name, summary, path }) => [
        [name, summary],
        ['', shorter(path)],
      ]);
      terminal.print(columns(rows, terminal.width));
    });
}
