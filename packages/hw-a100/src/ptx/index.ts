export { atomParameters, cutMultiple, requireSplittable } from './atoms.ts';
export { type AtomCheck, checkAtoms } from './check-atoms.ts';
export { classifyKernels, type Splitting } from './classify.ts';
export { parsePtx } from './parse.ts';
export { printPtx } from './print.ts';
export { type SplitKernel, type SplitModule, splitPtx } from './split.ts';
export type { Module, PtxFunction } from './tree.ts';
