import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import {
  type CompareResult,
  type RunResult,
  type TenantResult,
  type TwinValidation,
  validateTwin,
} from '@lithos/experiments';
import { compare, type Performer, perform } from '@lithos/experiments/node';
import { type DeviceFile, useDevice, validateDeviceFile } from '@lithos/sim';
import type { Command } from 'commander';
import { columns } from '../layout.ts';
import { readScenario } from '../scenario-files.ts';
import type { Terminal } from '../terminal.ts';
import { number, percent, signed } from './validate-format.ts';

interface Flags {
  readonly deviceFile?: string;
  readonly scenario?: string;
  readonly json?: boolean;
}

/** Scenarios for real GPUs that ship. */
const SCENARIOS = fileURLToPath(
  new URL('../scenarios/hardware/', import.meta.resolve('@lithos/experiments')),
);

/** `lithos validate twin`. */
export function addValidateTwin(validate: Command, terminal: Terminal): void {
  validate
    .command('twin')
    .description('comparisons on a real GPU, predicted by the simulator')
    .argument('<results...>', 'files of `lithos compare --backend hw --json`')
    .option('--device-file <file>', 'a device file of `lithos hw calibrate`')
    .option('--scenario <file>', 'the scenario that was compared, if it is not a shipped one')
    .option('--json', 'print one JSON object, lithos/validate@1')
    .action(async (files: readonly string[], flags: Flags) => {
      if (flags.deviceFile !== undefined) useDevice(readDeviceFile(flags.deviceFile));
      const { twinBackend } = await import('../hw/twin-backend.ts');
      const plain = new Set<string>();
      const backend = twinBackend((profile) => plain.add(profile));
      const hardware: Performer = (job, hooks) => perform(job, hooks, backend);
      const twins: { measured: CompareResult; predicted: CompareResult }[] = [];
      for (const [i, file] of files.entries()) {
        const measured = readResults(file);
        terminal.progress.update(i / files.length, measured.scenario);
        twins.push({ measured, predicted: await predict(measured, hardware, flags.scenario) });
      }
      const result = validateTwin(twins);
      if (flags.json) terminal.json(result);
      else report(terminal, result);
      for (const profile of plain) {
        terminal.note(`no look-alikes of ${profile} for the device: it was played itself`);
      }
      for (const what of result.left_out) terminal.note(`left out: ${what}`);
    });
}

/** The same comparison in the simulator: same length, policies and seeds. */
async function predict(
  measured: CompareResult,
  hardware: Performer,
  file?: string,
): Promise<CompareResult> {
  const path = `${SCENARIOS}${measured.scenario}.yaml`;
  const scenario = readScenario(file ?? (existsSync(path) ? path : measured.scenario), 'sim');
  const seconds = Math.max(...measured.runs.map((run) => run.simulated_s));
  const durationNs = Math.round(seconds * 10) * 1e8;
  const share = scenario.warmupNs < durationNs ? 1 : durationNs / scenario.durationNs;
  return compare({
    scenario: {
      ...scenario,
      durationNs,
      warmupNs: Math.round(scenario.warmupNs * share),
    },
    policies: [...new Set(measured.runs.map((run) => run.policy))],
    seeds: [...new Set(measured.runs.map((run) => run.seed))],
    jobs: 1,
    outDir: undefined,
    record: 'none',
    hardware,
  });
}

function readResults(file: string): CompareResult {
  const value = (readJson(file) ?? {}) as Partial<CompareResult>;
  if (value.schema !== 'lithos/compare@1' || value.backend !== 'hw') {
    throw new LithosError(
      'E_MEASUREMENTS',
      `${file} is not a comparison on a real GPU`,
      'give the output of `lithos compare --backend hw --json`',
    );
  }
  const lacks = missing(value);
  if (lacks === undefined) return value as CompareResult;
  throw new LithosError(
    'E_MEASUREMENTS',
    `${file}: ${lacks} is missing or not what it should be`,
    'give the output of `lithos compare --backend hw --json` as it is',
  );
}

/** The first thing that a comparison must have to be predicted, and this one has not. */
function missing({ scenario, runs }: Partial<CompareResult>): string | undefined {
  if (typeof scenario !== 'string') return 'scenario';
  if (!Array.isArray(runs) || runs.length === 0) return 'runs';
  for (const [i, run] of (runs as readonly Partial<RunResult>[]).entries()) {
    const at = `runs[${i}]`;
    if (typeof run?.policy !== 'string') return `${at}.policy`;
    if (typeof run.seed !== 'number') return `${at}.seed`;
    if (typeof run.simulated_s !== 'number') return `${at}.simulated_s`;
    if (!Array.isArray(run.tenants)) return `${at}.tenants`;
    for (const [k, tenant] of (run.tenants as readonly Partial<TenantResult>[]).entries()) {
      if (typeof tenant?.name !== 'string') return `${at}.tenants[${k}].name`;
      if (typeof tenant.latency_ms !== 'object') return `${at}.tenants[${k}].latency_ms`;
    }
  }
  return undefined;
}

function readDeviceFile(file: string): DeviceFile {
  const value = readJson(file) as DeviceFile;
  try {
    validateDeviceFile(value);
  } catch (error) {
    throw new LithosError(
      'E_DEVICE_FILE',
      `${file}: ${(error as Error).message}`,
      'give a file of `lithos hw calibrate --out`',
    );
  }
  return value;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LithosError('E_FILE', `cannot read ${file}: ${(error as Error).message}`);
  }
}

function report(terminal: Terminal, result: TwinValidation): void {
  const rows = result.cases.map((c) => [
    c.id,
    c.quantity,
    number(c.measured),
    number(c.predicted),
    signed(c.error_pct),
  ]);
  const head = ['case', 'quantity', 'measured', 'predicted', 'error'];
  terminal.print(columns([head, ...rows], terminal.width, [2, 3, 4]));
  const policies = result.policies.map((p) => [
    p.policy,
    percent(p.median_abs_error_pct),
    percent(p.p90_abs_error_pct),
  ]);
  policies.push(['all', percent(result.median_abs_error_pct), percent(result.p90_abs_error_pct)]);
  terminal.print('');
  const policiesHead = ['policy', 'median error', '90th percentile'];
  terminal.print(columns([policiesHead, ...policies], terminal.width, [1, 2]));
}
