import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where an MPS daemon listens if nobody says otherwise. */
const DEFAULT_PIPE = '/tmp/nvidia-mps';

/** What there is of MPS: the program, and a daemon that answers. */
export interface MpsState {
  readonly program: boolean;
  readonly daemon: boolean;
  readonly pipe: string;
}

/** Looks for MPS; starts nothing. */
export function findMps(): MpsState {
  const pipe = process.env.CUDA_MPS_PIPE_DIRECTORY ?? DEFAULT_PIPE;
  const found = spawnSync('sh', ['-c', 'command -v nvidia-cuda-mps-control'], { timeout: 5000 });
  return { program: found.status === 0, daemon: existsSync(`${pipe}/control`), pipe };
}
