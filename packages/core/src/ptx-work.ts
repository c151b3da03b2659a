import type { Ns } from './units.ts';

/**
 * A request of a user's own kernels: launches of a PTX module in order, each after the one before it,
 * and the buffers that they share. Plain data. The type lives here, as that of profiles does, because
 * every device prepares launches from it.
 */
export interface PtxWork {
  /** Path of the module. Devices that run it read it; the simulator needs its times only. */
  readonly path: string;
  /** Allocated once for the tenant, before it starts. */
  readonly buffers: readonly PtxBuffer[];
  readonly launches: readonly PtxLaunch[];
}

export interface PtxBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly fill: PtxFill;
}

/** What a buffer holds at first, as elements of a type. */
export type PtxFill =
  | { readonly kind: 'zero' }
  /** 0, 1, 2, … */
  | { readonly kind: 'iota'; readonly type: PtxElement }
  /** Floating-point numbers from 0 up to 1, or integers over their whole range. */
  | { readonly kind: 'random'; readonly type: PtxElement; readonly seed: number };

export const PTX_ELEMENTS = ['u32', 'f32', 'f64'] as const;
export type PtxElement = (typeof PTX_ELEMENTS)[number];

export interface PtxLaunch {
  readonly kernel: string;
  readonly grid: readonly [x: number, y: number, z: number];
  readonly block: readonly [x: number, y: number, z: number];
  /** Dynamic shared memory of a block. */
  readonly sharedBytes: number;
  /** One per parameter of the kernel. */
  readonly arguments: readonly PtxArgument[];
  /** So many times, one after the other. */
  readonly repeat: number;
  /** Device time of one launch on the whole device: what the simulator goes by. */
  readonly timeNs?: Ns;
  /** Registers of a thread, for the simulator; a GPU knows. */
  readonly registers?: number;
  /** Never to be cut, whatever the module allows. */
  readonly whole: boolean;
  /** What the module says of the kernel, where it was read. */
  readonly module?: Pick<PtxKernel, 'splitting' | 'staticSharedBytes'>;
}

export type PtxArgument =
  | {
      readonly kind: 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'f32' | 'f64';
      readonly value: number;
    }
  | { readonly kind: 'u64' | 's64'; readonly value: bigint }
  /** One of the work's buffers. */
  | { readonly kind: 'buffer'; readonly name: string }
  /** A buffer of this argument alone, zero at first. */
  | { readonly kind: 'own-buffer'; readonly bytes: number };

/** A kernel of a PTX module, as far as launches are checked against it. */
export interface PtxKernel {
  readonly name: string;
  readonly parameters: readonly PtxParameter[];
  readonly splitting: KernelSplitting;
  /** Shared memory that a block has without being asked for. */
  readonly staticSharedBytes: number;
  /** Most threads of a block, where the module limits them. */
  readonly maxThreads?: number;
  /** The block that the module demands. */
  readonly requiredBlock?: readonly [x: number, y: number, z: number];
  /** Synchronises its grid, which takes a cooperative launch. */
  readonly cooperative: boolean;
}

export interface PtxParameter {
  readonly name: string;
  /** As in the module: `.u32`, or `.b8[16]` for a structure. */
  readonly type: string;
}

/**
 * How a kernel may be cut into atoms.
 * `cluster-multiple`: at multiples of `clusterBlocks`, the thread blocks of a cluster.
 * `whole`: never; `reasons` say why, with lines of the source. `waits`: a block may wait for another,
 * so that they may have to be on the device together.
 */
export type KernelSplitting =
  | { readonly kind: 'splittable' }
  | { readonly kind: 'cluster-multiple'; readonly clusterBlocks: number }
  | { readonly kind: 'whole'; readonly reasons: readonly string[]; readonly waits?: boolean };

/** The blocks at whose multiples a launch may be cut; 0: never. Anywhere, where nothing is known. */
export function cutMultiple({ whole, module }: PtxLaunch): number {
  if (whole || module?.splitting.kind === 'whole') return 0;
  return module?.splitting.kind === 'cluster-multiple' ? module.splitting.clusterBlocks : 1;
}

/** Whether blocks of the kernel may wait for one another. */
export function waits(splitting: KernelSplitting | undefined): boolean {
  return splitting?.kind === 'whole' && splitting.waits === true;
}

/** Device memory that the buffers take. */
export function ptxMemoryBytes({ buffers, launches }: PtxWork): number {
  let bytes = 0;
  for (const buffer of buffers) bytes += buffer.bytes;
  for (const launch of launches) {
    for (const argument of launch.arguments) {
      if (argument.kind === 'own-buffer') bytes += argument.bytes;
    }
  }
  return bytes;
}
