import { type MicroValidation, parseMicro, validateMicro } from '@lithos/experiments';
import { readMeasurements, shippedMeasurements } from '@lithos/experiments/node';
import { findDevice } from '@lithos/sim';
import type { Command } from 'commander';
import { columns, wrap } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { checkMeasured, MEASURED, number, percent, signed } from './validate-format.ts';

interface Flags {
  readonly measurements?: string;
  readonly device: string;
  readonly json?: boolean;
}

/** `lithos validate micro`. */
export function addValidateMicro(validate: Command, terminal: Terminal): void {
  validate
    .command('micro')
    .description('elementary kernels: rates, pairs, launches, priorities, time slices')
    .option('--measurements <file>', 'lines of micro-benchmarks instead of those that ship')
    .option('--device <id>', 'the device that was measured', MEASURED)
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action((flags: Flags) => {
      const { device } = flags;
      checkMeasured(device);
      const file = flags.measurements ?? shippedMeasurements(device, 'microbenchmarks.jsonl');
      const tpcs = findDevice(device).geometry.tpcs.value;
      const result = validateMicro(parseMicro(readMeasurements(file), file, tpcs));
      if (flags.json) terminal.json(result);
      else report(terminal, result);
    });
}

function report(terminal: Terminal, result: MicroValidation): void {
  const cases = [...result.cases, ...result.fitted_cases].map((c) => [
    c.id,
    c.quantity,
    number(c.measured),
    number(c.predicted),
    signed(c.error_pct),
    c.fitted ?? '',
  ]);
  const head = ['case', 'quantity', 'measured', 'predicted', 'error', 'gave the model'];
  terminal.print(columns([head, ...cases], terminal.width, [2, 3, 4]));
  const modes = result.modes.map((m) => [
    m.mode,
    `${m.cases}`,
    percent(m.median_abs_error_pct),
    percent(m.p90_abs_error_pct),
    m.from,
  ]);
  modes.push([
    'all',
    `${result.cases.length}`,
    percent(result.median_abs_error_pct),
    percent(result.p90_abs_error_pct),
    '',
  ]);
  terminal.print('');
  const modesHead = ['mode', 'cases', 'median error', '90th percentile', 'predicted from'];
  terminal.print(columns([modesHead, ...modes], terminal.width, [1, 2, 3]));
  const note = `${result.fitted_cases.length} cases gave the model a constant and are not counted; of ${result.silent_lines} lines (occupancy, power) the model says nothing.`;
  terminal.print(wrap(note, terminal.width).join('\n'));
}
