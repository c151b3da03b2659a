import { readFileSync, statSync } from 'node:fs';
import { LithosError, type PtxKernel } from '@lithos/core';
import { describePtx } from '@lithos/hw-a100/ptx';

/** Larger than any module that people write or nvcc makes. */
const MAX_BYTES = 64 * 2 ** 20;

/** Reads the text of a PTX module. */
export function readPtx(path: string): string {
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new Error('it is not a file');
    if (file.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LithosError(
      'E_PTX_FILE',
      `cannot read ${path}: ${(error as Error).message}`,
      'give the path of a PTX file; in a scenario it is relative to the scenario',
    );
  }
}

/** The kernels of a PTX module; a file that many launches name is read once. */
export function ptxReader(): (path: string) => readonly PtxKernel[] {
  const known = new Map<string, readonly PtxKernel[]>();
  return (path) => {
    const kernels = known.get(path) ?? describePtx(readPtx(path), path);
    known.set(path, kernels);
    return kernels;
  };
}
