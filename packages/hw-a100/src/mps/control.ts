import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const MPS_CONTROL = 'nvidia-cuda-mps-control';
/** How long the control program may take to answer, ms. */
export const LIMIT_MS = 20_000;

/** Variables by which the daemon whose files are in `folder` is reached. */
export const mpsEnvironment = (folder: string): Readonly<Record<string, string>> => ({
  CUDA_MPS_PIPE_DIRECTORY: folder,
  CUDA_MPS_LOG_DIRECTORY: folder,
});

/**
 * Ends the daemon and, if that worked, removes its folder; otherwise tells why it did not.
 * @param forceAfterS how long clients may go on before their server is ended by force; without it the
 * daemon waits for them
 */
export function endMps(folder: string, forceAfterS?: number): string | undefined {
  const input = forceAfterS === undefined ? 'quit\n' : `quit -t ${forceAfterS}\n`;
  const ended = spawnSync(MPS_CONTROL, [], {
    env: { ...process.env, ...mpsEnvironment(folder) },
    input,
    timeout: LIMIT_MS + 1000 * (forceAfterS ?? 0),
    encoding: 'utf8',
  });
  // A daemon that never came up has no pipe.
  if (ended.status === 0 || !existsSync(join(folder, 'control'))) {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  return ended.error?.message ?? (ended.stderr.trim() || `code ${ended.status}`);
}
