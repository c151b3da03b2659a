import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { findRuns } from '../view/run-folders.ts';
import { serveView } from '../view/server.ts';

/** The built page; the same place seen from `src` and from `dist`. */
const PAGE = fileURLToPath(new URL('../../../viz/dist', import.meta.url));

interface ViewFlags {
  readonly port: number;
  readonly open: boolean;
}

/** `lithos view`. */
export function addView(program: Command, terminal: Terminal): void {
  program
    .command('view')
    .description('look at run records in a browser')
    .argument('[runs...]', 'folders of runs, or of several runs')
    .option('--port <port>', 'port on this machine; 0 takes any that is free', readPort, 0)
    .option('--no-open', 'print the address and start no browser')
    .action((paths: readonly string[], flags: ViewFlags) => view(terminal, paths, flags));
}

async function view(terminal: Terminal, paths: readonly string[], flags: ViewFlags): Promise<void> {
  if (!existsSync(join(PAGE, 'index.html'))) {
    throw new LithosError('E_VIEW_BUILD', 'the viewer is not built', 'npm run build', 1);
  }
  const runs = findRuns(paths);
  // Listened for before the address is out: whoever reads it may end this at once.
  const end = interrupted();
  const server = await serveView(PAGE, runs, flags.port);
  const query = runs.map(({ name }) => `run=runs/${encodeURIComponent(name)}`).join('&');
  const address = `http://127.0.0.1:${server.port}/${query === '' ? '' : `?${query}`}`;
  terminal.print(address);
  terminal.note('serving to this machine alone; Ctrl-C ends');
  if (flags.open) openBrowser(address);
  await end;
  await server.close();
  process.exitCode = EXIT.interrupted;
}

/** Settles at Ctrl-C: that is how this command ends. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

/** Asks the desktop for a browser; where there is none, the printed address is what there is. */
function openBrowser(address: string): void {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(command, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw new InvalidArgumentError(`'${text}' is no port: give a number from 0 to 65535`);
}
