import { LithosError, type Ns, SECOND } from '@lithos/core';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { hostNs } from './host-clock.ts';

/** How long work of ours may take at the most where nobody says otherwise, ns. */
const PATIENCE_NS: Ns = 10 * SECOND;

/** Looks at what is waited for between two at the clock. */
const POLLS = 256;

/** The error for work on the device that does not end. */
export function hang(what: string): LithosError {
  return new LithosError(
    'E_DEVICE_HANG',
    what,
    'end the process that hangs (`nvidia-smi` lists them); if the GPU stays stuck, reset it',
    1,
  );
}

/** True if the device hangs: calls that wait for it, such as those that free memory, would not return. */
export const isHang = (error: unknown): boolean =>
  error instanceof LithosError && error.code === 'E_DEVICE_HANG';

/** Waits in a loop until `done`; an `E_DEVICE_HANG` error after `limitNs`. */
export function awaitDone(done: () => boolean, what: string, limitNs: Ns = PATIENCE_NS): void {
  let deadline: Ns | undefined;
  for (let polls = 1; !done(); polls++) {
    // The clock is not looked at in what is measured.
    if (polls % POLLS !== 0) continue;
    deadline ??= hostNs() + limitNs;
    if (hostNs() > deadline) {
      throw hang(`${what}: no answer from the device in ${(limitNs / SECOND).toFixed(0)} s`);
    }
  }
}

/** Waits for what is in a stream, as `cuStreamSynchronize` does, but not for ever. */
export function awaitStream(cuda: Cuda, stream: Handle, what: string, limitNs?: Ns): void {
  awaitDone(() => cuda.streamIdle(stream), what, limitNs);
}
