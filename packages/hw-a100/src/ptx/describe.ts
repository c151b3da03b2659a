import { LithosError, type PtxKernel, type PtxParameter } from '@lithos/core';
import { classifyKernels } from './classify.ts';
import { callGraph, instructionsOf, namesIn } from './functions.ts';
import { parsePtx } from './parse.ts';
import type { Token } from './tokens.ts';
import type { Block, Directive, Module, Parameter, PtxFunction } from './tree.ts';

/**
 * The kernels of a PTX module: what they take, how they may be cut, and which blocks they allow.
 * Throws a `LithosError` on text that cannot be read, or that has no kernels.
 * @param name what messages call the module, usually the file's path
 */
export function describePtx(source: string, name: string): readonly PtxKernel[] {
  const module = named(name, () => parsePtx(source));
  const splittings = named(name, () => classifyKernels(module));
  const graph = callGraph(module);
  const shared = sharedVariables(module);
  const kernels = [...splittings].flatMap(([entry, splitting]): PtxKernel[] => {
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
  if (kernels.length > 0) return kernels;
  throw new LithosError(
    'E_PTX_EMPTY',
    `${name}: there are no kernels in it`,
    'give a module with an .entry, as nvcc -ptx writes it for a __global__ function',
  );
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

/** Numbers in brackets; an empty pair is 0. */
function arrayLengths(tokens: readonly Token[]): readonly number[] {
  return tokens.flatMap((token, i) => {
    if (token.text !== '[') return [];
    const length = tokens[i + 1];
    return [length?.kind === 'number' ? Number.parseInt(length.text, 10) : 0];
  });
}

/** Bytes of the module's own `.shared` variables, by name; those whose size is given at launch have 0. */
function sharedVariables(module: Module): ReadonlyMap<string, number> {
  const variables = new Map<string, number>();
  for (const item of module.items) {
    if (item.kind === 'directive') noteShared(item, variables);
  }
  return variables;
}

function noteShared({ tokens }: Directive, variables: Map<string, number>): void {
  const at = tokens.findIndex((token) => token.text === '.shared');
  if (at < 0 || tokens[0]?.text === '.section') return;
  const type = TYPE.exec(tokens.slice(at).find((token) => TYPE.test(token.text))?.text ?? '');
  const element = Number(type?.[2] ?? 8) / 8;
  const name = tokens.slice(at).find((token) => token.kind === 'word')?.text;
  if (name === undefined) return;
  const elements = arrayLengths(tokens.slice(at)).reduce((product, length) => product * length, 1);
  variables.set(name, element * elements);
}

/** Shared memory that functions declare, or use of the module's. */
function sharedBytes(
  functions: readonly PtxFunction[],
  module: ReadonlyMap<string, number>,
): number {
  const own = new Map<string, number>();
  const used = new Set<string>();
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      if (statement.kind === 'block') visit(statement);
      if (statement.kind === 'directive') noteShared(statement, own);
    }
  };
  for (const { body } of functions) {
    if (body === undefined) continue;
    visit(body);
    for (const { operands } of instructionsOf(body)) {
      for (const name of namesIn(operands)) if (module.has(name)) used.add(name);
    }
  }
  let bytes = 0;
  for (const size of own.values()) bytes += size;
  for (const name of used) bytes += own.has(name) ? 0 : (module.get(name) ?? 0);
  return bytes;
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
  const numbers = (directive: string): readonly number[] | undefined =>
    performance
      .find((tokens) => tokens[0]?.text === directive)
      ?.filter((token) => token.kind === 'number')
      .map((token) => Number(token.text));
  const required = numbers('.reqntid');
  const most = numbers('.maxntid');
  return {
    ...(required && {
      requiredBlock: [required[0] ?? 1, required[1] ?? 1, required[2] ?? 1] as const,
    }),
    ...(most && { maxThreads: most.reduce((product, n) => product * n, 1) }),
  };
}
