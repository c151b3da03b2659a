import { createHash } from 'node:crypto';
import { LithosError } from '@lithos/core';
import type { KernelParameter, KernelPlan, PtxModule } from '../kernels/plan.ts';
import { cutMultiple } from './atoms.ts';
import type { Splitting } from './classify.ts';
import { named } from './describe.ts';
import { splitPtx } from './split.ts';

/** A user's own PTX, rewritten so that the device can run its kernels in atoms. */
export interface UserModule {
  readonly module: PtxModule;
  /** How each kernel may be cut. */
  readonly kernels: ReadonlyMap<string, Splitting>;
  /** A launch of one of its kernels. Throws `LithosError` `E_PTX_LAUNCH` on one that cannot be. */
  plan(launch: UserLaunch): UserPlan;
}

export interface UserLaunch {
  readonly entry: string;
  readonly grid: readonly [x: number, y: number, z: number];
  readonly block: readonly [x: number, y: number, z: number];
  /** Dynamic shared memory of a block. */
  readonly sharedBytes?: number;
  /** One per parameter of the kernel as its author wrote it. */
  readonly parameters: readonly KernelParameter[];
}

export interface UserPlan extends KernelPlan {
  /** Atoms are cut at multiples of so many blocks; 1 but for clusters, and for what is never cut. */
  readonly clusterBlocks: number;
}

/**
 * Reads and rewrites a PTX module. `name` is what messages call it, usually the file's path.
 * Kernels that must run whole are launched as they were written.
 */
export function userModule(source: string, name: string): UserModule {
  const split = named(name, () => splitPtx(source));
  const id = `user-${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
  const module = { id, ptx: split.ptx };
  const kernels = new Map([...split.kernels].map(([entry, kernel]) => [entry, kernel.splitting]));
  const plan = (launch: UserLaunch): UserPlan => {
    const kernel = split.kernels.get(launch.entry);
    if (kernel === undefined) {
      const known = [...split.kernels.keys()].join(', ');
      throw refused(name, `there is no kernel '${launch.entry}'`, `name one of: ${known}`);
    }
    if (launch.parameters.length !== kernel.parameters) {
      const { parameters } = launch;
      const wanted = `kernel '${launch.entry}' takes ${kernel.parameters} parameters`;
      throw refused(name, `${wanted}, not ${parameters.length}`, 'give each of them');
    }
    return planOf(module, kernel.splitting, launch, name);
  };
  return { module, kernels, plan };
}

function planOf(
  module: PtxModule,
  splitting: Splitting,
  launch: UserLaunch,
  name: string,
): UserPlan {
  const { entry, grid, block, sharedBytes = 0 } = launch;
  const common = { module, entry, block, sharedBytes, completion: 'none' } as const;
  if (splitting.kind === 'whole') {
    return { ...common, grid, parameters: launch.parameters, splittable: false, clusterBlocks: 1 };
  }
  const multiple = cutMultiple(splitting, grid);
  if (multiple === undefined) {
    throw refused(
      name,
      `a grid of ${grid.join('x')} blocks is not one that kernel '${entry}' can be launched on`,
      'at most 2^31-1 blocks, and a multiple of the cluster along x',
    );
  }
  // The rewritten kernel runs on one dimension always, and is told the real grid.
  const real = grid.map((value) => ({ kind: 'u32', value }) as const);
  return {
    ...common,
    grid: [grid[0] * grid[1] * grid[2], 1, 1],
    parameters: [...launch.parameters, ...real, { kind: 'block-begin' }],
    splittable: true,
    clusterBlocks: multiple,
  };
}

const refused = (name: string, what: string, fix: string): LithosError =>
  new LithosError('E_PTX_LAUNCH', `${name}: ${what}`, fix);
