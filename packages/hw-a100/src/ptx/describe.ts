import { LithosError, type PtxKernel, type PtxParameter } from '@lithos/core';
import { classifyKernels } from './classify.ts';
import { callGraph, instructionsOf, namesIn } from './functions.ts';
import { arrayLengths, integersIn } from './literals.ts';
import { parsePtx } from './parse.ts';
import { moduleShared, sharedBytes } from './shared-memory.ts';
import type { Module, Parameter, PtxFunction } from './tree.ts';

/**
 * The kernels of a PTX module: what they take, how they may be cut, and which blocks they allow.
 * Throws a `LithosError` on text that cannot be read, or that has no kernels.
 * @param name what messages call the module, usually the file's path
 */
export function describePtx(source: string, name: string): readonly PtxKernel[] {
  return named(name, () => {
    const kernels = kernelsOf(parsePtx(source));
    if (kernels.length > 0) return kernels;
    throw new LithosError(
      'E_PTX_EMPTY',
      'there are no kernels in it',
      'give a module with an .entry, as nvcc -ptx writes it for a __global__ function',
    );
  });
}

function kernelsOf(module: Module): readonly PtxKernel[] {
  const graph = callGraph(module);
  const shared = moduleShared(module);
  return [...classifyKernels(module)].flatMap(([entry, splitting]): PtxKernel[] => {
    const fn = graph.defined.get(entry);
    if (fn === undefined) return [];
    const below = graph.below(entry).functions;
    return [
      {
        name: entry,
        parameters: (fn.parameters ?? []).map(parameterOf),
        splitting,
        staticSharedBytes: sharedBytes(below, shared),
        cooperative: below.some(synchronisesGrid),
        ...blockLimits(fn),
      },
    ];
  });
}

/** Refusals name the file that they are about. */
export function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    throw new LithosError(error.code, `${name}: ${error.message}`, error.fix, error.exitCode);
  }
}

const TYPE = /^\.([usbf](8|16|32|64)|f16x2|pred)$/;

/** `.param .u64 .ptr .global .align 4 p` is a `.u64`, `.param .align 8 .b8 p[16]` a `.b8[16]`. */
function parameterOf({ name, tokens }: Parameter): PtxParameter {
  const type = tokens.find((token) => TYPE.test(token.text))?.text ?? '.b8';
  const lengths = arrayLengths(tokens);
  return { name, type: lengths.length === 0 ? type : `${type}[${lengths.join('][')}]` };
}

/** The grid's barrier finds the grid by these registers, which a cooperative launch fills. */
const COOPERATIVE = new Set(['%envreg1', '%envreg2']);

function synchronisesGrid({ body }: PtxFunction): boolean {
  if (body === undefined) return false;
  return instructionsOf(body).some(({ operands }) =>
    namesIn(operands).some((name) => COOPERATIVE.has(name)),
  );
}

/** What `.reqntid` and `.maxntid` say. */
function blockLimits({
  performance,
}: PtxFunction): Pick<PtxKernel, 'maxThreads' | 'requiredBlock'> {
  const numbers = (directive: string): readonly number[] | undefined => {
    const tokens = performance.find(([first]) => first?.text === directive);
    return tokens && integersIn(tokens);
  };
  const required = numbers('.reqntid');
  const most = numbers('.maxntid');
  return {
    ...(required && {
      requiredBlock: [required[0] ?? 1, required[1] ?? 1, required[2] ?? 1] as const,
    }),
    ...(most && { maxThreads: most.reduce((product, n) => product * n, 1) }),
  };
}
