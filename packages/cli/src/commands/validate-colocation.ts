import {
  type ColocationValidation,
  parseColocation,
  simBackend,
  validateColocation,
} from '@lithos/experiments';
import { readMeasurements, shippedMeasurements, shippedProfiles } from '@lithos/experiments/node';
import { findDevice } from '@lithos/sim';
import { loadProfile } from '@lithos/traces/node';
import type { Command } from 'commander';
import { columns, wrap } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { checkMeasured, MEASURED, number, percent, signed } from './validate-format.ts';

interface Flags {
  readonly measurements?: string;
  readonly device: string;
  readonly json?: boolean;
}

/** `lithos validate colocation`. */
export function addValidateColocation(validate: Command, terminal: Terminal): void {
  validate
    .command('colocation')
    .description('a service beside a best-effort loop: throughput and latencies in every mode')
    .option('--measurements <file>', 'a colocation/1 file instead of the one that ships')
    .option('--device <id>', 'the device that was measured', MEASURED)
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action(async (flags: Flags) => {
      const { device } = flags;
      checkMeasured(device);
      const file = flags.measurements ?? shippedMeasurements(device, 'colocation.json.gz');
      const runs = parseColocation(
        readMeasurements(file),
        file,
        shippedProfiles(device).map(({ id }) => id),
        findDevice(device).geometry.tpcs.value,
      );
      const result = await validateColocation(runs, device, simBackend, loadProfile, (n, total) =>
        terminal.progress.update(n / total, `${n} of ${total} pairs`),
      );
      if (flags.json) terminal.json(result);
      else report(terminal, result);
    });
}

function report(terminal: Terminal, result: ColocationValidation): void {
  const rows = result.cases.map((c) => [
    c.id,
    c.quantity,
    number(c.measured),
    number(c.predicted),
    signed(c.error_pct),
  ]);
  const head = ['pair', 'quantity', 'measured', 'predicted', 'error'];
  terminal.print(columns([head, ...rows], terminal.width, [2, 3]));
  const modes = result.modes.map((m) => [
    m.mode,
    percent(m.median_abs_error_pct),
    percent(m.p90_abs_error_pct),
  ]);
  modes.push(['all', percent(result.median_abs_error_pct), percent(result.p90_abs_error_pct)]);
  terminal.print('');
  terminal.print(
    columns([['mode', 'median error', '90th percentile'], ...modes], terminal.width, [1]),
  );
  const notes = [
    'Solo runs tell how fast their host is; docs/validation.md says what else was fitted and assumed.',
  ];
  const { uncalibrated } = result;
  if (uncalibrated.length > 0) {
    notes.push(
      `Without a solo run, and so taken to be as fast as where the profile was measured: ${uncalibrated.join(', ')}.`,
    );
  }
  terminal.print(wrap(notes.join(' '), terminal.width).join('\n'));
}
