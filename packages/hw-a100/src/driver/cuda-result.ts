import { LithosError } from '@lithos/core';

/** `CUresult` values that are told apart. */
export const RESULT = {
  success: 0,
  invalidValue: 1,
  outOfMemory: 2,
  noDevice: 100,
  invalidPtx: 218,
  notReady: 600,
  notSupported: 801,
} as const;

/** Results after which the context, or the device, is lost. */
const LOST: ReadonlySet<number> = new Set([
  46, 214, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 806, 810, 999,
]);

/** True if the context, or the device, is lost: all calls fail from here on. */
export const isLost = (error: unknown): boolean =>
  error instanceof LithosError && error.code === 'E_CUDA_LOST';

const FIXES: Readonly<Record<number, string>> = {
  2: 'free memory on the GPU (`nvidia-smi` shows who holds it), or run smaller models',
  3: 'the driver was shut down: start the command again',
  34: 'the library is a stub: take the directory of stubs off LD_LIBRARY_PATH',
  46: 'the GPU is taken or off: `nvidia-smi` shows its state and its compute mode',
  100: 'no GPU is visible: see `nvidia-smi`, CUDA_VISIBLE_DEVICES, and the container run-time',
  101: 'choose a GPU that `nvidia-smi -L` lists',
  201: 'the context is gone: start the command again',
  214: 'memory of the GPU is faulty: see `nvidia-smi -q -d ECC`, and reset or replace it',
  218: 'the driver cannot compile this PTX: it may be newer than the driver, or wrong',
  222: 'the PTX is newer than the driver: update the driver',
  700: 'a kernel touched memory that is not its own: check the PTX module and its arguments',
  702: 'a kernel ran into the time limit of a display GPU: use another GPU',
  719: 'a kernel failed: check the PTX module; `dmesg` has the Xid',
  801: 'the driver or this GPU cannot do it: update the driver; `lithos hw doctor` says what is missing',
  802: 'the system is not ready: fabric manager or MPS is still starting',
  803: 'the driver and libcuda differ in version: reboot, or mend the installation',
  804: 'libcuda is newer than the driver supports: use the one that came with the driver',
  805: 'the MPS server cannot be reached: `nvidia-cuda-mps-control`, CUDA_MPS_PIPE_DIRECTORY',
  806: 'the MPS server failed: its log says why',
  807: 'the MPS server is not ready yet: try again in some seconds',
  810: 'the MPS server ended this client, as a client that shared it failed: start again',
};

/** Text of a result, by the driver itself. */
export interface ResultTexts {
  name(result: number): string;
  text(result: number): string;
}

/** The error for a call that failed, with the driver's own name and text of the result. */
export function cudaError(call: string, result: number, texts: ResultTexts): LithosError {
  return new LithosError(
    LOST.has(result)
      ? 'E_CUDA_LOST'
      : result === RESULT.outOfMemory
        ? 'E_CUDA_MEMORY'
        : 'E_CUDA_CALL',
    `${call} failed: ${texts.name(result)} (${result}): ${texts.text(result)}`,
    FIXES[result] ?? 'see `lithos hw doctor`, and the CUDA driver documentation of this result',
    1,
  );
}
