import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';

const PROGRAM = 'nvidia-cuda-mps-control';
const LIMIT_MS = 20_000;

/** An MPS daemon that clients reach through `environment`. */
export interface MpsDaemon {
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it, if it was started here; its clients must have ended. */
  close(): void;
}

/** Starts a daemon with folders of its own, so that it is in nobody's way. */
export function startMps(): MpsDaemon {
  const folder = mkdtempSync(join(tmpdir(), 'lithos-mps-'));
  const environment = { CUDA_MPS_PIPE_DIRECTORY: folder, CUDA_MPS_LOG_DIRECTORY: folder };
  const env = { ...process.env, ...environment };
  const started = spawnSync(PROGRAM, ['-d'], { env, timeout: LIMIT_MS, encoding: 'utf8' });
  if (started.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    const { code } = (started.error ?? {}) as NodeJS.ErrnoException;
    throw new LithosError(
      'E_MPS_START',
      code === 'ENOENT'
        ? `${PROGRAM} is not installed`
        : `${PROGRAM} -d failed: ${started.stderr?.trim() || started.error?.message}`,
      'it comes with the NVIDIA driver; or leave out the policies mps and mps-limits',
      1,
    );
  }
  return {
    environment,
    close: () => {
      spawnSync(PROGRAM, [], { env, input: 'quit\n', timeout: LIMIT_MS });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The daemon that the user has started, at `CUDA_MPS_PIPE_DIRECTORY` or where it is by default. */
export function usersMps(): MpsDaemon | undefined {
  const pipe = process.env.CUDA_MPS_PIPE_DIRECTORY ?? '/tmp/nvidia-mps';
  if (!existsSync(join(pipe, 'control'))) return undefined;
  return { environment: { CUDA_MPS_PIPE_DIRECTORY: pipe }, close: () => {} };
}

/** An environment in which no daemon is found: processes then share the GPU by time slices. */
export function withoutMps(): MpsDaemon {
  const folder = mkdtempSync(join(tmpdir(), 'lithos-no-mps-'));
  return {
    environment: { CUDA_MPS_PIPE_DIRECTORY: folder },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
