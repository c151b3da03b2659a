import { listProfiles, loadProfile } from '@lithos/traces/node';
import type { Command } from 'commander';
import { columns, cut } from '../layout.ts';
import { type ProfileFacts, profileFacts, topKernels } from '../profile-facts.ts';
import type { Terminal } from '../terminal.ts';

/** Kernels that `profile info` lists. */
const TOP = 10;
/** Where their names begin. */
const NAME_COLUMN = 28;

interface Flags {
  readonly json?: boolean;
}

/** `lithos profile`. */
export function addProfile(program: Command, terminal: Terminal): void {
  const profile = program.command('profile').description('measured kernel profiles of workloads');
  profile
    .command('list')
    .description('list the profiles')
    .option('--json', 'print one JSON object')
    .action((flags: Flags) => list(terminal, flags.json === true));
  profile
    .command('info')
    .description('launches, kernels and times of a profile')
    .argument('<id>', 'a profile')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: Flags) => show(terminal, id, flags.json === true));
}

function list(terminal: Terminal, json: boolean): void {
  const profiles = listProfiles().map((id) => profileFacts(loadProfile(id)));
  if (json) {
    terminal.json({ schema: 'lithos/profiles@1', profiles });
    return;
  }
  const head = ['profile', 'kind', 'launches', 'kernels', 'ms alone', 'measured on'];
  const rows = profiles.map((p) => [
    p.id,
    p.kind,
    String(p.launches),
    String(p.kernels),
    p.solo_ms.toFixed(3),
    p.measured_on,
  ]);
  terminal.print(columns([head, ...rows], terminal.width, [2, 3, 4]));
}

function show(terminal: Terminal, id: string, json: boolean): void {
  const profile = loadProfile(id);
  const facts = profileFacts(profile);
  const top_kernels = topKernels(profile, TOP);
  if (json) {
    terminal.json({ schema: 'lithos/profile@1', ...facts, top_kernels });
    return;
  }
  terminal.print(`${terminal.paint.bold(id)}: ${subject(facts)}`);
  terminal.print(
    columns(
      [
        ['  iteration', `${facts.solo_ms.toFixed(3)} ms alone on ${facts.measured_on}`],
        ['  launches', `${facts.launches} of ${facts.kernels} distinct kernels`],
        ['  TPC counts', `measured on ${facts.tpc_counts.join(', ')} TPCs`],
        ['  power', `${facts.mean_power_w} W`],
      ],
      terminal.width,
    ),
  );
  const rows = top_kernels.map((k) => [
    `  ${k.share_pct.toFixed(1)} %`,
    `${k.ms.toFixed(3)} ms`,
    `${k.launches}x`,
    cut(k.name, terminal.width - NAME_COLUMN),
  ]);
  terminal.print('\nkernels by device time');
  terminal.print(columns(rows, terminal.width, [0, 1, 2]));
}

function subject({
  kind,
  model,
  batch,
  phase,
  input_tokens,
  context_tokens,
}: ProfileFacts): string {
  return [
    `${model} ${phase ?? kind}, batch ${batch}`,
    ...(input_tokens === undefined ? [] : [`${input_tokens} tokens`]),
    ...(context_tokens === undefined ? [] : [`${context_tokens} tokens in the cache`]),
  ].join(', ');
}
