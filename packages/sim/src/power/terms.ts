import type { KernelProfile } from '@lithos/core';
import { oneTpcNs, type TensorPerWork, tensorKind, tensorNs } from './tensor-work.ts';

/**
 * What dynamic power is made of, one number each. `dram`: TB/s of DRAM traffic; the others are mean
 * numbers of devices kept busy: `simt` by kernels that leave the tensor pipes alone (their one-TPC
 * time over the TPCs), the rest by the tensor pipes: of `nvjet` kernels (cuBLAS on Hopper) in
 * inference and in training, and of all others.
 */
export const POWER_TERMS = [
  'dram',
  'simt',
  'nvjetInference',
  'tensorOther',
  'nvjetTraining',
] as const;

/** MB: an iteration that moves this much finds half of it in L2 from the iteration before. */
const L2_KEPT_MB = 200;
/** Columns of the smallest tensor tile: with fewer rows in a decode batch the rest is padding. */
const TILE_COLUMNS = 8;

/** Share of a profile's DRAM traffic, as counted with flushed caches, that its loop really makes. */
function dramShare(profile: KernelProfile): number {
  let bytes = 0;
  profile.sequence.forEach((k, position) => {
    if (!isCopy(profile, k)) bytes += profile.work.dramBytes[position] ?? 0;
  });
  return bytes / (bytes + L2_KEPT_MB * 1e6);
}

const isCopy = (profile: KernelProfile, k: number): boolean => profile.kernels[k]?.block[0] === 0;

/**
 * The terms of every position, integrated over the launch: TB/s x ns for `dram`, ns for the others,
 * `POWER_TERMS.length` numbers a position. Copies and memsets take part with none.
 */
export function positionTerms(profile: KernelProfile, perWork: TensorPerWork): Float64Array {
  const width = POWER_TERMS.length;
  const terms = new Float64Array(width * profile.sequence.length);
  const share = dramShare(profile);
  const tpcs = profile.tpcCounts.at(-1) ?? 1;
  const useful = profile.phase === 'decode' ? Math.min(1, profile.batch / TILE_COLUMNS) : 1;
  const nvjetTerm = profile.kind === 'training' ? 4 : 2;
  profile.sequence.forEach((k, position) => {
    if (isCopy(profile, k)) return;
    const at = width * position;
    const kind = tensorKind(profile.kernels[k]?.name ?? '');
    const busy = tensorNs(profile, position, kind, perWork);
    terms[at] = ((profile.work.dramBytes[position] ?? 0) * share) / 1000;
    if (kind === undefined) terms[at + 1] = oneTpcNs(profile, position) / tpcs;
    const nvjet = kind === 'nvjet-large' || kind === 'nvjet-small';
    if (nvjet) terms[at + nvjetTerm] = busy * useful;
    else terms[at + 3] = busy;
  });
  return terms;
}

/** Means of the terms over an iteration replayed back to back: what the power model multiplies. */
export function meanTerms(profile: KernelProfile, perWork: TensorPerWork): readonly number[] {
  const terms = positionTerms(profile, perWork);
  const width = POWER_TERMS.length;
  return POWER_TERMS.map((_, t) => {
    let sum = 0;
    for (let i = t; i < terms.length; i += width) sum += terms[i] as number;
    return sum / profile.iterationNs;
  });
}
