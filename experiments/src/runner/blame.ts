import { LithosError } from '@lithos/core';

/** A kernel of a tenant's own, not yet done. */
export interface Suspect {
  readonly tenant: string;
  readonly kernel: string;
}

/** Codes of a device that can no longer be used, or that does not answer. */
const LOST: readonly string[] = ['E_DEVICE_FAULT', 'E_DEVICE_HANG', 'E_CUDA_LOST'];

/**
 * The error of a device that was lost, with whose kernels may have done that: kernels made from profiles
 * touch memory of their own and end, so it is one that a user brought along, where one was running.
 */
export function blamed(error: unknown, suspects: readonly Suspect[]): unknown {
  if (!(error instanceof LithosError) || !LOST.includes(error.code)) return error;
  if (suspects.length === 0) return error;
  const names = suspects.map(({ tenant, kernel }) => `'${kernel}' of tenant '${tenant}'`);
  const who =
    names.length === 1
      ? `own kernel ${names[0]} was running`
      : `own kernels were running: ${names.join(', ')}`;
  return new LithosError(
    error.code,
    `${error.message}; ${who}`,
    error.fix ?? 'check the PTX module, its arguments, and the sizes of its buffers',
    error.exitCode,
  );
}
