import {
  type KernelValidation,
  type PowerValidation,
  validateKernels,
  validatePower,
} from '@lithos/experiments';
import { readKernelTraces, readPowerProfiles, shippedProfiles } from '@lithos/experiments/node';
import type { Command } from 'commander';
import { columns, wrap } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { checkMeasured, MEASURED, percent, signed } from './validate-format.ts';

const LEFT_OUT =
  'Each workload is predicted with constants that were fitted without its model family.';

interface Flags {
  readonly measurements?: string;
  readonly device: string;
  readonly json?: boolean;
}

/** `lithos validate kernels` and `lithos validate power`. */
export function addValidateModel(validate: Command, terminal: Terminal): void {
  validate
    .command('kernels')
    .description('device times at TPC counts: interpolated, and from two samples')
    .option('--measurements <file>', 'a kernel-traces/1 file instead of the profiles that ship')
    .option('--device <id>', 'the device that was measured', MEASURED)
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action((flags: Flags) => {
      checkMeasured(flags.device);
      const { measurements } = flags;
      const workloads =
        measurements === undefined ? shippedProfiles(MEASURED) : readKernelTraces(measurements);
      const result = validateKernels(workloads, (done, total) =>
        terminal.progress.update(done / total, `${done} of ${total} workloads`),
      );
      if (flags.json) terminal.json(result);
      else reportKernels(terminal, result);
    });
  validate
    .command('power')
    .description('mean board power of workloads, replayed back to back on the whole device')
    .option(
      '--measurements <file>',
      'a kernel profile, or a folder of them, instead of those that ship',
    )
    .option('--device <id>', 'the device that was measured', MEASURED)
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action((flags: Flags) => {
      checkMeasured(flags.device);
      const { measurements } = flags;
      const profiles =
        measurements === undefined ? shippedProfiles(MEASURED) : readPowerProfiles(measurements);
      const result = validatePower(profiles);
      if (flags.json) terminal.json(result);
      else reportPower(terminal, result);
    });
}

function reportKernels(terminal: Terminal, result: KernelValidation): void {
  const head = ['workload', 'interpolation', 'two samples'];
  const rows = result.workloads.map((w) => [
    w.id,
    percent(w.interpolation_weighted_abs_error_pct),
    percent(w.weighted_abs_error_pct),
  ]);
  rows.push([
    'all',
    percent(result.interpolation_weighted_abs_error_pct),
    percent(result.weighted_abs_error_pct),
  ]);
  terminal.print(columns([head, ...rows], terminal.width, [1]));
  const { worst_workload: worst, fitted_on_all: fitted } = result;
  const text = [
    'Absolute error per launch and inner TPC count, weighted by measured time.',
    LEFT_OUT,
    `Fitted on all workloads, the errors are ${percent(fitted.interpolation_weighted_abs_error_pct)} and ${percent(fitted.weighted_abs_error_pct)}.`,
    `Two samples are worst on ${worst.id}: ${percent(worst.weighted_abs_error_pct)}.`,
  ];
  terminal.print(wrap(text.join(' '), terminal.width).join('\n'));
}

function reportPower(terminal: Terminal, result: PowerValidation): void {
  const head = ['workload', 'measured', 'predicted', 'error'];
  const rows = result.cases.map((c) => [
    c.id,
    `${c.measured.toFixed(1)} W`,
    `${c.predicted.toFixed(1)} W`,
    signed(c.error_pct),
  ]);
  terminal.print(columns([head, ...rows], terminal.width, [1, 2]));
  const text = [
    `Mean absolute error ${percent(result.mean_abs_error_pct)}, median ${percent(result.median_abs_error_pct)}, greatest ${percent(result.max_abs_error_pct)}.`,
    LEFT_OUT,
    `Fitted on all workloads, the mean is ${percent(result.fitted_on_all.mean_abs_error_pct)}.`,
  ];
  terminal.print(wrap(text.join(' '), terminal.width).join('\n'));
}
