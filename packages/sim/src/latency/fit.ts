import type { KernelProfile } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import type { ClassConstants, LatencyConstants } from './constants.ts';
import { KERNEL_CLASSES, type KernelClass } from './kernel-class.ts';
import { nelderMead } from './nelder-mead.ts';
import { profiledLatencyKernel } from './profiled.ts';
import { TwoSampleLaw } from './two-samples.ts';
import type { LatencyKernel } from './waves.ts';

/** What a fit needs of a profile. */
export type FittedProfile = Pick<
  KernelProfile,
  'kernels' | 'sequence' | 'tpcCounts' | 'durationNs'
>;

/** The launches of one class of a workload. */
interface Workload {
  readonly tpcCounts: readonly number[];
  readonly launches: readonly { readonly kernel: LatencyKernel; readonly ns: readonly number[] }[];
}

/** What constants are drawn to, and how far from it they may be; see `ClassConstants`. */
const PRIOR: ClassConstants = [0.7, 0.2, 0.5, 0, 0, 0, 0.03];
const SCALE: ClassConstants = [0.5, 0.5, 0.7, 0.3, 0.5, 0.2, 0.08];
const RIDGE = 0.0005;
/** Shares of the error of all launches, weighted by time, and of the mean of workloads' errors. */
const OF_ALL = 0.6;
const OF_WORKLOADS = 0.4;
/** With fewer kernels than this, a class takes the prior. */
const LEAST_KERNELS = 3;

/** Held constants: a partial wave of `nvjet-wave` is taken to be lost whole. */
const HELD: Partial<Record<KernelClass, Readonly<Record<number, number>>>> = {
  'nvjet-wave': { 0: 1, 1: 0, 5: 0 },
};

/** The measurements of a kernel class, and what its constants are judged by. */
export class ClassFit {
  private readonly class: KernelClass;
  private readonly workloads: readonly Workload[];
  /** Distinct kernels. */
  readonly kernels: number;

  constructor(kernelClass: KernelClass, profiles: readonly FittedProfile[], device: DeviceFile) {
    this.class = kernelClass;
    let kernels = 0;
    this.workloads = profiles.map(({ kernels: all, sequence, tpcCounts, durationNs }) => {
      const own = all.map((kernel) => profiledLatencyKernel(kernel, device));
      kernels += own.filter((kernel) => kernel.class === kernelClass).length;
      const launches = sequence.flatMap((k, position) => {
        const kernel = own[k];
        if (kernel?.class !== kernelClass) return [];
        return [{ kernel, ns: durationNs.map((row) => row[position] as number) }];
      });
      return { tpcCounts, launches };
    });
    this.kernels = kernels;
  }

  /** What the fit makes small: error of two samples at the inner TPC counts, with the ridge. */
  error(constants: ClassConstants): number {
    const of = { [this.class]: constants } as unknown as LatencyConstants;
    const errors = this.workloads.map((workload) => twoSampleError(workload, of));
    const judged = errors.filter(({ measured }) => measured > 0);
    const all = sum(judged.map(({ off }) => off)) / sum(judged.map(({ measured }) => measured));
    const own = sum(judged.map(({ off, measured }) => off / measured)) / judged.length;
    const ridge = sum(
      constants.map((value, i) => ((value - (PRIOR[i] as number)) / (SCALE[i] as number)) ** 2),
    );
    return OF_ALL * all + OF_WORKLOADS * own + RIDGE * ridge;
  }

  /**
   * The constants with the least error that a search from the prior finds. It is begun anew where it
   * ended, for a simplex may shrink before it is there.
   */
  fit(): ClassConstants {
    if (this.kernels < LEAST_KERNELS) return PRIOR;
    const held = HELD[this.class] ?? {};
    const start = PRIOR.map((value, i) => held[i] ?? value);
    const steps = SCALE.map((scale, i) => (held[i] === undefined ? scale : 0));
    const error = (point: readonly number[]): number => this.error(point as ClassConstants);
    const first = nelderMead(error, start, steps);
    return nelderMead(error, first.point, steps).point as ClassConstants;
  }
}

/** Classes that some profiles have kernels of. */
export function classesOf(
  profiles: readonly FittedProfile[],
  device: DeviceFile,
): readonly KernelClass[] {
  const present = new Set(
    profiles.flatMap(({ kernels }) =>
      kernels.map((kernel) => profiledLatencyKernel(kernel, device).class),
    ),
  );
  return KERNEL_CLASSES.filter((kernelClass) => present.has(kernelClass));
}

/** Absolute errors at the inner TPC counts, summed, and the measured times, summed. */
function twoSampleError(
  { tpcCounts, launches }: Workload,
  constants: LatencyConstants,
): { readonly off: number; readonly measured: number } {
  const last = tpcCounts.length - 1;
  let off = 0;
  let measured = 0;
  for (const { kernel, ns } of launches) {
    const samples = {
      fewTpcs: tpcCounts[0] as number,
      fewNs: ns[0] as number,
      allTpcs: tpcCounts[last] as number,
      allNs: ns[last] as number,
    };
    const law = new TwoSampleLaw(kernel, samples, constants);
    for (let i = 1; i < last; i++) {
      off += Math.abs(law.at(tpcCounts[i] as number) - (ns[i] as number));
      measured += ns[i] as number;
    }
  }
  return { off, measured };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
