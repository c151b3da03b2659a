import { type KernelProfile, LithosError } from '@lithos/core';
import { findDevice } from '@lithos/sim';
import { parseProfile } from '@lithos/traces';

/** The device of the power model. */
const DEVICE = 'h200';

/**
 * Parses and checks the text of a `lithos/kernel-profile@1` file whose `meanPowerW` is to be
 * predicted: measured on the device of the power model, also on all of its TPCs. Throws
 * `LithosError` that says what is wrong where.
 */
export function parsePowerProfile(text: string, file: string): KernelProfile {
  const profile = parseProfile(text, file);
  const refuse = (what: string, fix: string): never => {
    throw new LithosError('E_MEASUREMENTS', `${file}: ${what}`, fix);
  };
  const { device } = profile.measured;
  if (device !== DEVICE) {
    refuse(
      `measured.device is '${device}', expected '${DEVICE}'`,
      `the power model is of the ${DEVICE}; give profiles that were measured there`,
    );
  }
  const all = findDevice(DEVICE).geometry.tpcs.value;
  const last = profile.tpcCounts.at(-1);
  if (last !== all) {
    refuse(
      `tpcCounts end at ${last}, expected ${all}`,
      `meanPowerW is of the whole device, so durationNs must have a row for its ${all} TPCs`,
    );
  }
  return profile;
}
