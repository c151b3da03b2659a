import {
  KernelInterner,
  type KernelProfile,
  type KernelShape,
  type Ns,
  type ProfiledKernel,
  segmentShape,
  segmentsOf,
} from '@lithos/core';
import type { HardwareDevice } from '../device/hardware-device.ts';
import type { HwLaunchable } from '../device/launchable.ts';
import type { KernelPlan } from '../kernels/plan.ts';

/** Makes the plans for a profile's launches, one per position. */
export type Planner = (profile: KernelProfile) => readonly KernelPlan[];

/** Prepares profiles for one open device: their launches in segments, equal shapes under one id. */
export class ProfileWork {
  private readonly device: HardwareDevice;
  private readonly plansOf: Planner;
  private readonly segmentNs: Ns | undefined;
  /** Of the run's kernels; other work of the run is to use them, too. */
  readonly ids = new KernelInterner();

  /** @param segmentNs length of segments on the whole device; the default one unless given */
  constructor(device: HardwareDevice, plansOf: Planner, segmentNs?: Ns) {
    this.device = device;
    this.plansOf = plansOf;
    this.segmentNs = segmentNs;
  }

  prepare(profile: KernelProfile): readonly HwLaunchable[] {
    const plans = this.plansOf(profile);
    return segmentsOf(profile, this.segmentNs).map(({ begin, end }, ordinal) => {
      const parts = plans.slice(begin, end).map((plan, i) => {
        const kernel = profile.kernels[profile.sequence[begin + i] ?? -1];
        return { plan, kernel: this.shape(plan, kernel), ordinal: i };
      });
      const [first] = parts;
      if (first === undefined) throw new Error(`profile ${profile.id} has no plan for ${begin}`);
      if (parts.length === 1) return this.device.prepareKernel(first.plan, first.kernel, ordinal);
      const shape = segmentShape(`${profile.id}[${begin}..${end - 1}]`, parts);
      const segment = this.ids.intern(shape);
      return this.device.prepareSegment(plans.slice(begin, end), segment, ordinal);
    });
  }

  /** What prepared launches are expected to take, one after the other, alone. */
  soloTimes(launches: readonly HwLaunchable[]): { launchesNs: Ns; gapsNs: Ns } {
    let launchesNs = 0;
    for (const { parts } of launches) {
      for (const { plan } of parts) launchesNs += plan.expectedNs ?? 0;
    }
    return { launchesNs, gapsNs: 0 };
  }

  private shape(plan: KernelPlan, kernel: ProfiledKernel | undefined): KernelShape {
    const [x, y, z] = plan.grid;
    const [bx, by, bz] = plan.block;
    return this.ids.intern({
      name: kernel?.name ?? plan.entry,
      grid: plan.grid,
      block: plan.block,
      blocks: x * y * z,
      threadsPerBlock: bx * by * bz,
      registersPerThread: kernel?.registersPerThread ?? 32,
      sharedMemoryBytes: Math.max(plan.sharedBytes, kernel?.sharedMemoryBytes ?? 0),
      clusterSize: 1,
      splittable: plan.splittable,
    });
  }
}
