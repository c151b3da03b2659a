import { type BenchResult, bench } from '@lithos/experiments/node';
import type { Command } from 'commander';
import { columns } from '../layout.ts';
import type { Terminal } from '../terminal.ts';

/** `lithos bench`. */
export function addBench(program: Command, terminal: Terminal): void {
  program
    .command('bench')
    .description("measure the simulator's own speed, on one core")
    .option('--json', 'print one JSON object, lithos/bench@1')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const result = await bench((done, all, id) =>
        terminal.progress.update(done / all, `case ${id}`),
      );
      if (json) terminal.json(result);
      else report(terminal, result);
    });
}

function report(terminal: Terminal, { machine, repetitions, cases }: BenchResult): void {
  const head = ['case', 'launches', 'launches/s', 'events/s', 'simulated/real', 'MB at most'];
  const count = (value: number): string => Math.round(value).toLocaleString('en-US');
  const rows = cases.map((c) => [
    c.id,
    count(c.launches),
    count(c.launches_per_wall_s),
    count(c.events_per_wall_s),
    c.simulated_over_real.toFixed(1),
    count(c.peak_memory_mb),
  ]);
  terminal.print(machine);
  terminal.print(columns([head, ...rows], terminal.width, [1, 2, 3, 4]));
  terminal.print(
    `Median of ${repetitions} repetitions on one core. No run record is written while the clock runs, except in cases that end in -recorded.`,
  );
}
