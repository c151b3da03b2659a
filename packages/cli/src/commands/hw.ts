import { writeFileSync } from 'node:fs';
import { loadProfile } from '@lithos/traces/node';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { reportDoctor } from '../hw/doctor-report.ts';
import { hwPtx, reportPtx } from '../hw/ptx-report.ts';
import { ptxReader } from '../ptx-files.ts';
import type { Terminal } from '../terminal.ts';
import { countReader } from '../values.ts';

interface Flags {
  readonly gpu: number;
  readonly json?: boolean;
}

interface DoctorFlags extends Flags {
  readonly contract?: boolean;
}

interface DeviceFlags extends Flags {
  readonly device: string;
}

interface CalibrateFlags extends Flags {
  readonly device?: string;
  readonly out?: string;
}

interface BenchFlags extends DeviceFlags {
  readonly profile: string;
}

const MAX_GPUS = 64;
const MEASURED = 'h200';

/** `lithos hw`: the real GPU. The driver is loaded only when one of its commands runs. */
export function addHw(program: Command, terminal: Terminal): void {
  const hw = program.command('hw').description('the real GPU: what works, what it costs');
  withGpu(hw.command('doctor'))
    .description('what there is, what works, what is missing and how to get it')
    .option('--contract', 'try everything that the scheduler expects of a device, too')
    .option('--json', 'print one JSON object, lithos/hw-doctor@1')
    .action((flags: DoctorFlags) => runDoctor(terminal, flags));
  withGpu(hw.command('calibrate'))
    .description('measure the GPU, and make a device file that the simulator takes')
    .option('--device <id>', "the device file to begin with; without it, that of the GPU's name")
    .option('--out <file>', 'where the device file goes')
    .option('--json', 'print one JSON object, lithos/hw-calibration@1')
    .action((flags: CalibrateFlags) => runCalibrate(terminal, flags));
  withGpu(hw.command('bench'))
    .description('what the scheduler costs: per launch, per request, per atom')
    .option('--device <id>', 'the device that the GPU is', MEASURED)
    .option('--profile <id>', 'the service whose requests are timed', 'resnet50-b8')
    .option('--json', 'print one JSON object, lithos/hw-bench@1')
    .action((flags: BenchFlags) => runBench(terminal, flags));
  hw.command('ptx')
    .description(
      'the kernels of a PTX file: what they take, and how they may be cut (needs no GPU)',
    )
    .argument('<file>', 'a PTX file')
    .option('--json', 'print one JSON object, lithos/hw-ptx@1')
    .action((file: string, { json }: { readonly json?: boolean }) => {
      const kernels = ptxReader()(file);
      if (json) terminal.json(hwPtx(file, kernels));
      else reportPtx(terminal, kernels);
    });
}

const withGpu = (command: Command): Command =>
  command.option('--gpu <n>', 'which GPU', countReader('--gpu', 0, MAX_GPUS), 0);

async function runDoctor(terminal: Terminal, flags: DoctorFlags): Promise<void> {
  const { doctor } = await import('@lithos/hw-a100');
  const report = await doctor({ ordinal: flags.gpu, contract: flags.contract ?? false });
  if (flags.json) terminal.json(report);
  else reportDoctor(terminal, report);
  if (report.findings.some((f) => f.state === 'fail')) process.exitCode = EXIT.failed;
}

async function runCalibrate(terminal: Terminal, flags: CalibrateFlags): Promise<void> {
  const [hw, { calibrationBase, checkWritable }, { deviceFileOf }, { validateDeviceFile }] =
    await Promise.all([
      import('@lithos/hw-a100'),
      import('../hw/calibration-base.ts'),
      import('../hw/device-file.ts'),
      import('@lithos/sim'),
    ]);
  if (flags.out !== undefined) checkWritable(flags.out);
  const base = calibrationBase(hw.identifyGpu(flags.gpu), flags.device);
  for (const text of hw.missingFigures(flags.gpu)) terminal.note(`warning: ${text}`);
  const measured = await hw.calibrate(flags.gpu, hw.selfTest(flags.gpu).granularity);
  const file = deviceFileOf(base, measured, new Date().toISOString().slice(0, 10));
  validateDeviceFile(file);
  const { time_slices: slices } = measured;
  if ('missing' in slices) {
    terminal.note(`warning: time slices were not measured: ${slices.missing}`);
  }
  if (flags.out !== undefined) {
    writeFileSync(flags.out, `${JSON.stringify(file, undefined, 2)}\n`);
    terminal.note(`device file: ${flags.out}`);
  }
  if (flags.json) terminal.json(measured);
  else terminal.print(JSON.stringify(measured, undefined, 2));
}

async function runBench(terminal: Terminal, flags: BenchFlags): Promise<void> {
  const [{ selfTest }, { reportHwBench, runHwBench }] = await Promise.all([
    import('@lithos/hw-a100'),
    import('../hw/bench.ts'),
  ]);
  const { granularity } = selfTest(flags.gpu);
  const settings = { ordinal: flags.gpu, granularity };
  const bench = await runHwBench(settings, flags.device, loadProfile(flags.profile));
  if (flags.json) terminal.json(bench);
  else reportHwBench(terminal, bench);
}
