import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { reportDoctor } from '../hw/doctor-report.ts';
import type { Terminal } from '../terminal.ts';
import { countReader } from '../values.ts';

interface DoctorFlags {
  readonly gpu: number;
  readonly contract?: boolean;
  readonly json?: boolean;
}

const MAX_GPUS = 64;

/** `lithos hw`: the real GPU. The driver is loaded only when one of its commands runs. */
export function addHw(program: Command, terminal: Terminal): void {
  const hw = program.command('hw').description('the real GPU');
  hw.command('doctor')
    .description('what there is, what works, what is missing and how to get it')
    .option('--gpu <n>', 'which GPU', countReader('--gpu', 0, MAX_GPUS), 0)
    .option('--contract', 'try everything that the scheduler expects of a device, too')
    .option('--json', 'print one JSON object, lithos/hw-doctor@1')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('@lithos/hw-a100');
      const report = await doctor({ ordinal: flags.gpu, contract: flags.contract ?? false });
      if (flags.json) terminal.json(report);
      else reportDoctor(terminal, report);
      if (report.findings.some((f) => f.state === 'fail')) process.exitCode = EXIT.failed;
    });
}
