import { type KernelProfile, pow } from '@lithos/core';
import { type PowerConstants, powerConstants } from './constants.ts';
import { meanTerms, POWER_TERMS, positionTerms } from './terms.ts';

/** Board power with a context and no work at 1980 MHz, W. Source: measured on the H200. */
export const IDLE_W = 119.3;
/**
 * Dynamic power that the board does not exceed, W, and how sharply it bends towards it. Source: the
 * prefill loops, which are held at the 700 W limit and read up to 724 W; chosen on all profiles.
 */
export const CEILING_W = 605;
const SHARPNESS = 6;

/** Dynamic power after the board's limit has slowed it down, W, of what it would be without. */
export function limitedPower(watts: number, ceilingW = CEILING_W): number {
  const ratio = watts / ceilingW;
  const square = ratio * ratio;
  return watts / pow(1 + square * square * square, 1 / SHARPNESS);
}

/** Slope of `limitedPower`. */
export function limitedSlope(watts: number): number {
  const ratio = watts / CEILING_W;
  const square = ratio * ratio;
  return pow(1 + square * square * square, -1 / SHARPNESS - 1);
}

/** Dynamic power before the limit, W, of mean terms. */
export function dynamicPower(terms: readonly number[], wattsPerTerm: readonly number[]): number {
  let watts = 0;
  for (let t = 0; t < POWER_TERMS.length; t++) {
    watts += (terms[t] as number) * (wattsPerTerm[t] as number);
  }
  return watts;
}

/**
 * Mean board power of an H200 that replays a profile back to back, W:
 * P = 119.3 + limited(sum of c x), see `terms.ts` for x and `constants.ts` for c.
 */
export function meanBoardPower(
  profile: KernelProfile,
  constants: PowerConstants = powerConstants(),
): number {
  const terms = meanTerms(profile, constants.tensorPerWork);
  return IDLE_W + limitedPower(dynamicPower(terms, constants.wattsPerTerm));
}

/**
 * Dynamic energy of every position of a profile, nJ (W ns). A launch that runs alone for T ns adds
 * energy / T to the dynamic power; the sum over what runs goes through `limitedPower`. The energy is
 * taken not to depend on the number of TPCs.
 */
export function positionEnergy(
  profile: KernelProfile,
  constants: PowerConstants = powerConstants(),
): Float64Array {
  const terms = positionTerms(profile, constants.tensorPerWork);
  const width = POWER_TERMS.length;
  return Float64Array.from(profile.sequence, (_, position) => {
    let energy = 0;
    for (let t = 0; t < width; t++) {
      energy += (terms[width * position + t] as number) * (constants.wattsPerTerm[t] as number);
    }
    return energy;
  });
}
