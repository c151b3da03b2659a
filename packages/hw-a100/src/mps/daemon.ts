import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';
import { builtFile } from '../device/built-file.ts';
import { endMps, LIMIT_MS, MPS_CONTROL, mpsEnvironment } from './control.ts';

/** An MPS daemon that clients reach through `environment`. */
export interface MpsDaemon {
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it, if it was started here, once its clients have ended; says what is left if it does not obey. */
  close(): string | undefined;
}

/**
 * Starts a daemon with folders of its own, so that it is in nobody's way. A process of its own ends it
 * should this one be killed.
 */
export function startMps(): MpsDaemon {
  const folder = mkdtempSync(join(tmpdir(), 'lithos-mps-'));
  const keeper = startKeeper(folder);
  const environment = mpsEnvironment(folder);
  const env = { ...process.env, ...environment };
  const started = spawnSync(MPS_CONTROL, ['-d'], { env, timeout: LIMIT_MS, encoding: 'utf8' });
  if (started.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    keeper.disconnect();
    const { code } = (started.error ?? {}) as NodeJS.ErrnoException;
    throw new LithosError(
      'E_MPS_START',
      code === 'ENOENT'
        ? `${MPS_CONTROL} is not installed`
        : `${MPS_CONTROL} -d failed: ${started.stderr?.trim() || started.error?.message}`,
      'it comes with the NVIDIA driver; or leave out the policies mps and mps-limits',
      1,
    );
  }
  return {
    environment,
    close: () => {
      const failure = endMps(folder);
      // It looks whether the folder is still there.
      if (keeper.connected) keeper.disconnect();
      if (failure === undefined) return undefined;
      return `the MPS daemon did not end (${failure}): it is ended by force; if ${folder} stays, run \`echo quit | CUDA_MPS_PIPE_DIRECTORY=${folder} ${MPS_CONTROL}\` and remove it`;
    },
  };
}

/** Not in the terminal's process group: Ctrl-C does not reach it; and nobody waits for it. */
function startKeeper(folder: string): ChildProcess {
  const keeper = fork(builtFile('mps/keeper-child.js'), [folder], {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Without it, everything works but for the case that it is there for.
  keeper.on('error', () => {});
  keeper.unref();
  keeper.channel?.unref();
  return keeper;
}

/** The daemon that the user has started, at `CUDA_MPS_PIPE_DIRECTORY` or where it is by default. */
export function usersMps(): MpsDaemon | undefined {
  const pipe = process.env.CUDA_MPS_PIPE_DIRECTORY ?? '/tmp/nvidia-mps';
  if (!existsSync(join(pipe, 'control'))) return undefined;
  return { environment: { CUDA_MPS_PIPE_DIRECTORY: pipe }, close: () => undefined };
}

/** An environment in which no daemon is found: processes then share the GPU by time slices. */
export function withoutMps(): MpsDaemon {
  const nowhere = join(tmpdir(), `lithos-no-mps-${randomUUID()}`);
  return { environment: { CUDA_MPS_PIPE_DIRECTORY: nowhere }, close: () => undefined };
}
