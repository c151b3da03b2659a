import type { SmLimits } from '@lithos/core';
import type { LookAlikeKernel } from './kernel.ts';

/** Size of the device that look-alikes are made for. */
export interface TimedSms {
  readonly sm: SmLimits;
  readonly sms: number;
}

/** Measures look-alikes on a device; `openDeviceTimer` gives the real one. */
export interface LookAlikeTimer extends TimedSms {
  /** Names the device in the calibration. */
  readonly device: string;
  /** Tells versions of the look-alike module apart: a calibration holds for one of them. */
  readonly kernels: string;
  readonly tpcs: number;
  /**
   * Device time in ns of one launch of each kernel, on the first `tpcs` TPCs, launched back to back
   * `repeats` times each.
   */
  time(
    kernels: readonly LookAlikeKernel[],
    repeats: readonly number[],
    tpcs: number,
  ): readonly number[];
}
