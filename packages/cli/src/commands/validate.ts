import { findDevice } from '@lithos/sim';
import { type LoadgenValidation, validateLoadgen } from '@lithos/traces';
import { readLoadgenTable } from '@lithos/traces/node';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { columns } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { addValidateColocation } from './validate-colocation.ts';
import { addValidateMicro } from './validate-micro.ts';
import { addValidateModel } from './validate-model.ts';
import { addValidateTwin } from './validate-twin.ts';

interface Flags {
  readonly measurements: string;
  readonly device?: string;
  readonly json?: boolean;
}

/** `lithos validate`. */
export function addValidate(program: Command, terminal: Terminal): void {
  const validate = program.command('validate').description('compare the model with measurements');
  addValidateModel(validate, terminal);
  addValidateMicro(validate, terminal);
  addValidateColocation(validate, terminal);
  addValidateTwin(validate, terminal);
  validate
    .command('loadgen')
    .description("LoadGen's Server arrivals against recorded runs: query count and duration")
    .requiredOption('--measurements <file>', 'a CSV table of LoadGen runs')
    .option('--device <id>', 'as for the others; arrivals are the same on every device')
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action((flags: Flags) => {
      if (flags.device !== undefined) findDevice(flags.device);
      const result = validateLoadgen(readLoadgenTable(flags.measurements), {
        file: flags.measurements,
        onProgress: (done, total) =>
          terminal.progress.update(done / total, `${done} of ${total} rows`),
      });
      if (flags.json) terminal.json(result);
      else report(terminal, result);
      if (result.exact < result.checked) process.exitCode = EXIT.threshold;
    });
}

function report(terminal: Terminal, result: LoadgenValidation): void {
  const { checked, exact, cases, skipped, assumed_min_query_count: assumed } = result;
  const differing = cases.filter((c) => c.error_pct !== 0);
  if (differing.length > 0) {
    const head = ['run', 'quantity', 'measured', 'predicted'];
    const rows = differing.map((c) => [c.id, c.quantity, `${c.measured}`, `${c.predicted}`]);
    terminal.print(columns([head, ...rows], terminal.width));
  }
  terminal.print(`${exact} of ${checked} runs agree in query count and duration, to the ns.`);
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, count] of reasons) terminal.print(`${count} rows skipped: ${reason}.`);
  if (assumed.length > 0) {
    terminal.print(
      `For ${assumed.length} of the runs the table has no min_query_count: the recorded query count was taken for it, so only the duration tests.`,
    );
  }
}
