import { LithosError } from '@lithos/core';
import { CommanderError } from 'commander';
import type { Terminal } from './terminal.ts';

/** What `lithos` exits with. */
export const EXIT = { ok: 0, failed: 1, usage: 2, threshold: 3, interrupted: 130 } as const;

/** Reports what ended the command, and gives the exit code for it. */
export function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return usageExitCode(error, terminal);
  if (error instanceof LithosError) {
    terminal.error(error.message, error.fix);
    return error.exitCode;
  }
  terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}

/** Commander throws after printing help and the version, too. */
function usageExitCode(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0) return EXIT.ok;
  // Help was printed because a subcommand is missing.
  if (error.code === 'commander.help') return EXIT.usage;
  const [message = '', hint] = error.message.replace(/^error: /, '').split('\n');
  const guess = hint === undefined ? undefined : /^\(Did you mean (.+)\?\)$/.exec(hint)?.[1];
  const known = guess?.replace(/^one of /, '');
  terminal.error(
    message,
    known === undefined ? 'see `lithos --help`' : `did you mean ${known.replace(/^\S+$/, "'$&'")}?`,
  );
  return EXIT.usage;
}
