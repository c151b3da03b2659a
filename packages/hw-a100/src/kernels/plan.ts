import type { Ns, PtxFill } from '@lithos/core';

/**
 * How one kernel is launched on hardware: a PTX module, its entry, and what each parameter of the
 * entry is. Everything a device needs beside the driver; plain data, made once per launch of a profile.
 *
 * An entry is launched for a range of its blocks, as a grid of one dimension whose blocks are numbered
 * from 0: block `i` does the work of block `blockBegin + i` of the whole grid, counted x first.
 */
export interface KernelPlan {
  readonly module: PtxModule;
  readonly entry: string;
  /** The whole grid, in blocks. */
  readonly grid: readonly [x: number, y: number, z: number];
  readonly block: readonly [x: number, y: number, z: number];
  /** Dynamic shared memory of a block. */
  readonly sharedBytes: number;
  readonly parameters: readonly KernelParameter[];
  /**
   * `record`: the kernel keeps the completion record by itself (see `record.ts`); it has a `record`
   * parameter. `none`: the device launches a kernel of its own after it that does.
   */
  readonly completion: 'record' | 'none';
  /** May be launched in parts: it has a `block-begin` parameter and takes its place from it. */
  readonly splittable: boolean;
  /** What it is expected to take alone on the whole device, where that is known. */
  readonly expectedNs?: Ns;
}

/** A module that several plans may share: it is loaded once. */
export interface PtxModule {
  /** Tells modules apart. */
  readonly id: string;
  readonly ptx: string;
}

/** What the device passes for a parameter of an entry, in the order of its declaration. */
export type KernelParameter =
  /** A number that is the same at every launch. */
  | { readonly kind: 'u32' | 's32' | 'f32' | 'f64'; readonly value: number }
  | { readonly kind: 'u64'; readonly value: bigint }
  /** Address of device memory, u64; plans that name the same buffer share it. Zero if not filled. */
  | {
      readonly kind: 'buffer';
      readonly name: string;
      readonly bytes: number;
      readonly fill?: PtxFill;
    }
  /** First block of the range, u32. */
  | { readonly kind: 'block-begin' }
  /** Blocks of the range, u32. */
  | { readonly kind: 'block-count' }
  /** The whole grid: three parameters of u32, x, y, z. */
  | { readonly kind: 'grid' }
  /** Address of the completion record, u64; 0 if none is to be kept. */
  | { readonly kind: 'record' };
