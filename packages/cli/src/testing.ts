import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a command ended and what it printed. */
export interface Outcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told the process as soon as it is there. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** The root of the repository. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** The built command, as a user runs it. */
export const MAIN = join(REPOSITORY, 'packages/cli/bin/lithos.js');

/** Runs `lithos` in a process of its own. */
export function lithos(args: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  return execute(process.execPath, [MAIN, ...args], around);
}

/** Runs a program to its end. */
export function execute(
  program: string,
  args: readonly string[],
  around: Surroundings = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: around.cwd,
      env: { ...process.env, ...around.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
    around.onStart?.(child);
  });
}

/** A folder for the files of a test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lithos-cli-'));
}

/** Two tenants that share a device; nothing that takes long. */
export const SMALL = `# A small scenario.
device: a100-40gb
duration: 500ms
warmup: 50ms
seed: 7
tenants:
  - name: classify
    class: hp
    quota: 75%
    workload: { profile: resnet50-b1 }
    arrivals: { poisson: 200/s }
    slo: { latency_p99: 15ms }
  - name: train
    class: be
    workload: { profile: resnet50-train-b32 }
    arrivals: { closed: 1 }
policies: [lithos, mps]
`;

/** Writes the small scenario into a folder of its own, with one text in it replaced by another. */
export function writeScenario(folder: string, find = '', replacement = ''): string {
  const path = join(mkdtempSync(join(folder, 'scenario-')), 'small.yaml');
  if (!SMALL.includes(find)) throw new Error(`the scenario has no '${find}'`);
  writeFileSync(path, SMALL.replace(find, replacement));
  return path;
}
