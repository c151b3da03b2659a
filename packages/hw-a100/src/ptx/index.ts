/**
 * Atoms of kernels by rewriting their PTX.
 *
 *   const module = userModule(source, 'file.ptx');   // parse, classify, rewrite
 *   module.kernels.get('k');                         // splittable, cluster-multiple, or whole and why
 *   module.plan({ entry, grid, block, parameters }); // a KernelPlan that the device can cut
 *
 * A rewritten kernel takes four more parameters of 32 bits, the original grid's x, y, z and the linear
 * index (x fastest) of the atom's first block, and is launched on a grid of (blocks of the atom, 1, 1).
 * `splitPtx` is the pure part; `checkAtoms` runs the test kernels whole and in atoms on a GPU.
 */
export { type AtomCheck, checkAtoms } from './check-atoms.ts';
export type { Splitting } from './classify.ts';
export { splitPtx } from './split.ts';
export { type UserLaunch, type UserModule, type UserPlan, userModule } from './user-module.ts';
