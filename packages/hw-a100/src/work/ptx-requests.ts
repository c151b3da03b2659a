import {
  cutMultiple,
  type KernelInterner,
  type KernelShape,
  type Ns,
  type PtxArgument,
  type PtxLaunch,
  type PtxWork,
  planSegments,
  segmentShape,
  waits,
} from '@lithos/core';
import type { HardwareDevice } from '../device/hardware-device.ts';
import type { HwLaunchable } from '../device/launchable.ts';
import type { KernelParameter } from '../kernels/plan.ts';
import { named } from '../ptx/describe.ts';
import { type UserModule, type UserPlan, userModule } from '../ptx/user-module.ts';

/** Reads a module's text. */
export type ModuleReader = (path: string) => string;

interface Part {
  readonly plan: UserPlan;
  readonly kernel: KernelShape;
}

/** Prepares requests of a user's own kernels for one open device. */
export class PtxRequests {
  private readonly device: HardwareDevice;
  private readonly ids: KernelInterner;
  private readonly read: ModuleReader;
  private readonly segmentNs: Ns | undefined;
  private readonly modules = new Map<string, UserModule>();

  /** @param segmentNs length of segments on the whole device; the default one unless given */
  constructor(device: HardwareDevice, ids: KernelInterner, read: ModuleReader, segmentNs?: Ns) {
    this.device = device;
    this.ids = ids;
    this.read = read;
    this.segmentNs = segmentNs;
  }

  /**
   * Loads the module, fills the buffers and lays out the launches. Launches whose time is stated are put
   * into segments as those of profiles are; the others are submitted one by one.
   * @param owner whose buffers they are
   */
  prepare(work: PtxWork, owner: string): readonly HwLaunchable[] {
    const module = this.moduleOf(work.path);
    const parts = work.launches.flatMap((launch, i) => {
      const part = this.part(module, work, launch, `${owner}/${i}`, owner);
      return Array.from({ length: launch.repeat }, () => part);
    });
    const times = parts.map(({ plan }) => plan.expectedNs ?? Number.POSITIVE_INFINITY);
    return planSegments(times, this.segmentNs).map(({ begin, end }, ordinal) =>
      this.segment(parts.slice(begin, end), `${owner}[${begin}..${end - 1}]`, ordinal, work.path),
    );
  }

  private segment(
    parts: readonly Part[],
    name: string,
    ordinal: number,
    path: string,
  ): HwLaunchable {
    const [first] = parts;
    if (first === undefined) throw new Error(`segment ${name} is empty`);
    // The driver compiles the module now: what it says is about this file.
    return named(path, () => {
      if (parts.length === 1) return this.device.prepareKernel(first.plan, first.kernel, ordinal);
      const numbered = parts.map(({ kernel }, i) => ({ kernel, ordinal: i }));
      const shape = this.ids.intern(segmentShape(name, numbered));
      return this.device.prepareSegment(
        parts.map(({ plan }) => plan),
        shape,
        ordinal,
      );
    });
  }

  private moduleOf(path: string): UserModule {
    const known = this.modules.get(path);
    if (known !== undefined) return known;
    const module = userModule(this.read(path), path);
    this.modules.set(path, module);
    return module;
  }

  private part(
    module: UserModule,
    work: PtxWork,
    launch: PtxLaunch,
    place: string,
    owner: string,
  ): Part {
    const { kernel: entry, grid, block, sharedBytes, timeNs } = launch;
    const parameters = launch.arguments.map((argument, i) =>
      parameterOf(argument, work, `${place}/${i}`, owner),
    );
    const planned = module.plan({ entry, grid, block, sharedBytes, parameters });
    const plan: UserPlan = {
      ...planned,
      // Loaded for each tenant by itself: a module has variables, too.
      module: { ...planned.module, id: `${planned.module.id}/${owner}` },
      ...(timeNs !== undefined && { expectedNs: timeNs }),
    };
    const [x, y, z] = grid;
    const [bx, by, bz] = block;
    const multiple = plan.splittable ? cutMultiple(launch) : 0;
    const shape = this.ids.intern({
      name: entry,
      grid,
      block,
      blocks: x * y * z,
      threadsPerBlock: bx * by * bz,
      registersPerThread: named(work.path, () => this.device.registersOf(plan)),
      sharedMemoryBytes: sharedBytes + (launch.module?.staticSharedBytes ?? 0),
      clusterSize: Math.max(1, plan.clusterBlocks),
      splittable: multiple > 0,
      ...(waits(module.kernels.get(entry)) && { persistent: true }),
    });
    return { plan, kernel: shape };
  }
}

function parameterOf(
  argument: PtxArgument,
  { buffers, path }: PtxWork,
  place: string,
  owner: string,
): KernelParameter {
  switch (argument.kind) {
    case 'buffer': {
      const buffer = buffers.find(({ name }) => name === argument.name);
      if (buffer === undefined) throw new Error(`${path} has no buffer '${argument.name}'`);
      const { bytes, fill } = buffer;
      return { kind: 'buffer', name: `${owner}/${buffer.name}`, bytes, fill };
    }
    case 'own-buffer':
      return { kind: 'buffer', name: place, bytes: argument.bytes };
    case 'u64':
    case 's64':
      return { kind: 'u64', value: BigInt.asUintN(64, argument.value) };
    // The driver takes as many of the bytes as the parameter has.
    case 'u8':
    case 'u16':
    case 'u32':
      return { kind: 'u32', value: argument.value };
    case 's8':
    case 's16':
    case 's32':
      return { kind: 's32', value: argument.value };
    case 'f32':
    case 'f64':
      return { kind: argument.kind, value: argument.value };
  }
}
