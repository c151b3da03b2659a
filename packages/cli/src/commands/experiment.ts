import { availableParallelism } from 'node:os';
import { EXPERIMENTS, experimentTable, findExperiment } from '@lithos/experiments';
import { prepareOutDir, runExperiment, writeExperiment } from '@lithos/experiments/node';
import { type Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { columns, wrap } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { countReader } from '../values.ts';

interface Flags {
  readonly quick?: boolean;
  readonly seeds?: number;
  readonly jobs: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const SEEDS = 3;
const QUICK_SEEDS = 1;

/** `lithos experiment`. */
export function addExperiment(program: Command, terminal: Terminal): void {
  program
    .command('experiment')
    .description(
      "run an experiment of the paper's evaluation, and set it beside the paper's figures",
    )
    .argument('<name>', 'an experiment, or `list` for what there is')
    .option('--quick', 'one seed and short runs: for a look, not for figures')
    .option('--seeds <n>', `how many seeds (default: ${SEEDS})`, countReader('--seeds', 1, 1000))
    .addOption(
      new Option('--jobs <n>', 'runs at a time')
        .argParser(countReader('--jobs', 1, 1024))
        .default(availableParallelism(), 'one per core'),
    )
    .option('--out <folder>', 'write claims, tables and charts into this folder')
    .option('--force', 'write into a folder that is not empty')
    .option('--json', 'print one JSON object, lithos/experiment@1')
    .action((name: string, flags: Flags) =>
      name === 'list' ? list(terminal, flags) : experiment(terminal, name, flags),
    );
}

function list(terminal: Terminal, { json }: Flags): void {
  if (json) {
    const experiments = EXPERIMENTS.map(({ name, title, description, section, setup }) => ({
      name,
      title,
      description,
      section,
      setup,
    }));
    terminal.json({ schema: 'lithos/experiments@1', experiments });
    return;
  }
  const rows = EXPERIMENTS.map(({ name, section, description }) => [name, section, description]);
  terminal.print(columns([['experiment', 'section', 'shows'], ...rows], terminal.width));
}

async function experiment(terminal: Terminal, name: string, flags: Flags): Promise<void> {
  const definition = findExperiment(name);
  if (flags.out !== undefined) prepareOutDir(flags.out, flags.force ?? false);
  const quick = flags.quick ?? false;
  const count = flags.seeds ?? (quick ? QUICK_SEEDS : SEEDS);
  const interrupt = onInterrupt(terminal, 'half an experiment shows nothing');
  const done = await runExperiment(definition, {
    quick,
    seeds: Array.from({ length: count }, (_, i) => 1 + i),
    jobs: flags.jobs,
    signal: interrupt.signal,
    onProgress: (share, what) => terminal.progress.update(share, what),
  });
  interrupt.release();
  if (done === undefined) {
    process.exitCode = EXIT.interrupted;
    return;
  }
  const { result, findings } = done;
  if (flags.json) {
    terminal.json(result);
  } else {
    const { width, paint } = terminal;
    const title = `${definition.title} (LithOS, section ${definition.section})`;
    terminal.print(experimentTable(title, findings, { width, paint }));
    terminal.print('');
    for (const text of definition.setup) terminal.print(wrap(text, width).join('\n'));
  }
  if (flags.out !== undefined) {
    writeExperiment(flags.out, definition, result, findings);
    terminal.note(`claims, tables and charts: ${flags.out}`);
  }
  if (result.claims.some((claim) => !claim.meets)) process.exitCode = EXIT.threshold;
}
