import type { KernelProfile } from '@lithos/core';
import { kernelClass } from '../latency/kernel-class.ts';

/** Kinds of kernels that use the tensor pipes, by how much of their one-TPC time the pipes are busy. */
export const TENSOR_KINDS = [
  'nvjet-large',
  'nvjet-small',
  'attention-sm90',
  'attention-other',
  'matrix-sm90',
  'matrix-sm80',
  'matrix-other',
] as const;

export type TensorKind = (typeof TENSOR_KINDS)[number];

/** Tensor-busy time over (time on one TPC / TPCs of the device), by kind. */
export type TensorPerWork = Readonly<Record<TensorKind, number>>;

/** Smallest `nvjet` output tile that keeps the pipes busy, elements. */
const LARGE_TILE = 64 * 64;

/** The kind of a kernel by its name, or `undefined` if it leaves the tensor pipes alone. */
export function tensorKind(name: string): TensorKind | undefined {
  if (name.includes('nvjet')) {
    const tile = /_(\d+)x(\d+)_/.exec(name);
    const large = tile !== null && Number(tile[1]) * Number(tile[2]) >= LARGE_TILE;
    return large ? 'nvjet-large' : 'nvjet-small';
  }
  const sm90 = name.includes('sm90');
  const kind = kernelClass(name, 1);
  if (kind === 'attention') return sm90 ? 'attention-sm90' : 'attention-other';
  if (kind !== 'gemm' && kind !== 'gemm-pers' && !(sm90 && name.includes('wgmma')))
    return undefined;
  if (sm90) return 'matrix-sm90';
  return /sm80|_80_/.test(name) ? 'matrix-sm80' : 'matrix-other';
}

/** Time of a position on one TPC, ns; from the fewest TPCs measured, where work is all there is. */
export function oneTpcNs(profile: KernelProfile, position: number): number {
  return (profile.tpcCounts[0] ?? 1) * (profile.durationNs[0]?.[position] ?? 0);
}

/** Time of a position on the whole device, ns. */
export function wholeDeviceNs(profile: KernelProfile, position: number): number {
  return profile.durationNs[profile.tpcCounts.length - 1]?.[position] ?? 0;
}

const tpcsOf = (profile: KernelProfile): number => profile.tpcCounts.at(-1) ?? 1;

/**
 * Time in which a position keeps the device's tensor pipes busy, ns: as counted where this very
 * launch was (`work.source` `c`); else from its time on one TPC, for the pipes do the same work
 * however it is spread. Counters borrowed from another shape (`s`) or guessed (`e`) say less.
 */
export function tensorNs(
  profile: KernelProfile,
  position: number,
  kind: TensorKind | undefined,
  perWork: TensorPerWork,
): number {
  if (kind === undefined || profile.work.source[position] === 'c') {
    return (profile.work.tensorActive[position] ?? 0) * wholeDeviceNs(profile, position);
  }
  return (perWork[kind] * oneTpcNs(profile, position)) / tpcsOf(profile);
}

/** `TensorPerWork` of the counted launches of some profiles: ratio of the sums. */
export function measureTensorPerWork(profiles: readonly KernelProfile[]): TensorPerWork {
  const sums = new Map<TensorKind, { busy: number; work: number }>();
  for (const profile of profiles) {
    profile.sequence.forEach((k, position) => {
      const kind = tensorKind(profile.kernels[k]?.name ?? '');
      if (kind === undefined || profile.work.source[position] !== 'c') return;
      const sum = sums.get(kind) ?? { busy: 0, work: 0 };
      sums.set(kind, sum);
      sum.busy += (profile.work.tensorActive[position] ?? 0) * wholeDeviceNs(profile, position);
      sum.work += oneTpcNs(profile, position) / tpcsOf(profile);
    });
  }
  const of = (kind: TensorKind): number => {
    const sum = sums.get(kind);
    return sum === undefined || sum.work === 0 ? 0 : sum.busy / sum.work;
  };
  return {
    'nvjet-large': of('nvjet-large'),
    'nvjet-small': of('nvjet-small'),
    'attention-sm90': of('attention-sm90'),
    'attention-other': of('attention-other'),
    'matrix-sm90': of('matrix-sm90'),
    'matrix-sm80': of('matrix-sm80'),
    'matrix-other': of('matrix-other'),
  };
}
