import {
  type KernelProfile,
  type KernelShape,
  type Ns,
  type ProfiledKernel,
  type SegmentRules,
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
  private readonly rules: SegmentRules | undefined;
  private readonly ids = new Map<string, KernelShape>();

  /** @param rules of segments; the default ones unless given */
  constructor(device: HardwareDevice, plansOf: Planner, rules?: SegmentRules) {
    this.device = device;
    this.plansOf = plansOf;
    this.rules = rules;
  }

  /** Shapes so far, by id. */
  get kernels(): readonly KernelShape[] {
    return [...this.ids.values()];
  }

  prepare(profile: KernelProfile): readonly HwLaunchable[] {
    const plans = this.plansOf(profile);
    return segmentsOf(profile, this.rules).map(({ begin, end }, ordinal) => {
      const [plan] = plans.slice(begin, end);
      if (plan === undefined) throw new Error(`profile ${profile.id} has no plan for ${begin}`);
      if (end - begin === 1) {
        const kernel = profile.kernels[profile.sequence[begin] ?? -1];
        return this.device.prepareKernel(plan, this.shape(plan, kernel), ordinal);
      }
      const name = `${profile.id}[${begin}-${end - 1}]`;
      return this.device.prepareSegment(plans.slice(begin, end), this.segment(name), ordinal);
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
    return this.intern({
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

  private segment(name: string): KernelShape {
    return this.intern({
      name,
      grid: [0, 0, 0],
      block: [0, 0, 0],
      blocks: 1,
      threadsPerBlock: 0,
      registersPerThread: 0,
      sharedMemoryBytes: 0,
      clusterSize: 1,
      splittable: false,
    });
  }

  private intern(shape: Omit<KernelShape, 'id'>): KernelShape {
    const key = `${shape.name}|${shape.grid}|${shape.block}|${shape.sharedMemoryBytes}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const kernel = { ...shape, id: this.ids.size };
    this.ids.set(key, kernel);
    return kernel;
  }
}
