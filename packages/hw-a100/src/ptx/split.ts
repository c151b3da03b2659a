import { classifyKernels, clusterOf, readsGrid, type Splitting } from './classify.ts';
import { type CallGraph, callGraph, callTarget } from './functions.ts';
import { rewriteGridReads } from './grid-reads.ts';
import { parsePtx } from './parse.ts';
import { printPtx } from './print.ts';
import { tokenize } from './tokens.ts';
import type {
  Block,
  Instruction,
  Item,
  Module,
  Parameter,
  PtxFunction,
  Statement,
} from './tree.ts';

/** A kernel of a module prepared for atoms. */
export interface SplitKernel {
  readonly name: string;
  readonly splitting: Splitting;
  /** Parameters of the original kernel. One that may be cut has four more: see `atomParameters`. */
  readonly parameters: number;
}

/** A module whose kernels, where they may be cut, take the range of blocks that they are to run. */
export interface SplitModule {
  readonly ptx: string;
  readonly kernels: ReadonlyMap<string, SplitKernel>;
}

/**
 * Prepares PTX for atoms. Every kernel that may be cut gets four more parameters of 32 bits
 * at the end (`atomParameters`): the original grid's x, y and z and the linear index (x fastest) of
 * the atom's first block. It is launched on a one-dimensional grid of just the atom's blocks,
 * and sees %ctaid, %nctaid, %clusterid and %nclusterid of the original launch, in itself and in
 * the functions it calls: these are copied, with one more parameter each. Kernels that must run
 * whole, and functions reached by pointer or by such kernels alone, stay as they are.
 */
export function splitPtx(source: string): SplitModule {
  const module = parsePtx(source);
  const { module: split, kernels } = splitModule(module);
  return { ptx: printPtx(split), kernels };
}

export function splitModule(module: Module): {
  readonly module: Module;
  readonly kernels: ReadonlyMap<string, SplitKernel>;
} {
  const splittings = classifyKernels(module);
  const context = threading(callGraph(module));
  const kernels = new Map<string, SplitKernel>();
  const copied = new Set<string>();
  for (const [name, { kind }] of splittings) {
    if (kind === 'whole') continue;
    for (const fn of context.graph.below(name).functions) copied.add(fn.name);
  }
  const items = module.items.flatMap((item): Item[] => {
    if (item.kind !== 'function') return [item];
    if (!item.entry) {
      const copy = copied.has(item.name) && context.threaded(item.name);
      return copy ? [item, threadedCopy(item, context)] : [item];
    }
    const splitting = splittings.get(item.name);
    // A declaration whose definition follows changes with it.
    if (splitting === undefined) return [item];
    const parameters = item.parameters?.length ?? 0;
    kernels.set(item.name, { name: item.name, splitting, parameters });
    return splitting.kind === 'whole' ? [item] : [splitEntry(item, context)];
  });
  return { module: { items }, kernels };
}

interface Threading {
  readonly graph: CallGraph;
  /** Whether a function, or one that it calls by name, reads the grid. */
  threaded(name: string): boolean;
}

function threading(graph: CallGraph): Threading {
  const cache = new Map<string, boolean>();
  const threaded = (name: string): boolean => {
    const known = cache.get(name) ?? graph.below(name).functions.some(readsGrid);
    cache.set(name, known);
    return known;
  };
  return { graph, threaded };
}

const AXES = ['x', 'y', 'z'] as const;
const DECLARATIONS = [
  '.reg .b32 %lithos_grid_x, %lithos_grid_y, %lithos_grid_z;',
  '.reg .b32 %lithos_block_x, %lithos_block_y, %lithos_block_z;',
];

function splitEntry(entry: PtxFunction, context: Threading): PtxFunction {
  const names = ['grid_x', 'grid_y', 'grid_z', 'first'].map(
    (what) => `${entry.name}_lithos_${what}`,
  );
  const added = names.map((name) => parameterOf(name, `.param .u32 ${name}`));
  const parameters = [...(entry.parameters ?? []), ...added];
  if (entry.body === undefined || !context.threaded(entry.name)) return { ...entry, parameters };
  const prologue = [
    ...DECLARATIONS,
    '.reg .b32 %lithos_rest, %lithos_first;',
    '.reg .pred %lithos_in_row;',
    ...AXES.map((axis, i) => `ld.param.u32 %lithos_grid_${axis}, [${names[i]}];`),
    `ld.param.u32 %lithos_first, [${names[3]}];`,
    'mov.u32 %lithos_block_x, %ctaid.x;',
    'add.u32 %lithos_block_x, %lithos_block_x, %lithos_first;',
    'mov.u32 %lithos_block_y, 0;',
    'mov.u32 %lithos_block_z, 0;',
    // The first row needs no division: grids of one dimension never divide.
    'setp.lt.u32 %lithos_in_row, %lithos_block_x, %lithos_grid_x;',
    '@%lithos_in_row bra $lithos_unravelled;',
    'div.u32 %lithos_rest, %lithos_block_x, %lithos_grid_x;',
    'mul.lo.u32 %lithos_first, %lithos_rest, %lithos_grid_x;',
    'sub.u32 %lithos_block_x, %lithos_block_x, %lithos_first;',
    'div.u32 %lithos_block_z, %lithos_rest, %lithos_grid_y;',
    'mul.lo.u32 %lithos_first, %lithos_block_z, %lithos_grid_y;',
    'sub.u32 %lithos_block_y, %lithos_rest, %lithos_first;',
    '$lithos_unravelled:',
  ];
  const [clusterBlocks = 1] = clusterOf(entry) ?? [];
  return { ...entry, parameters, body: rewriteBody(entry.body, prologue, clusterBlocks, context) };
}

const COPY_SUFFIX = '_lithos_atom';

/** A copy of a function that is told the grid by its caller: one more parameter of six words. */
function threadedCopy(fn: PtxFunction, context: Threading): PtxFunction {
  const name = `${fn.name}${COPY_SUFFIX}`;
  const parameter = `${fn.name}_lithos_grid`;
  const parameters = [
    ...(fn.parameters ?? []),
    parameterOf(parameter, `.param .align 4 .b8 ${parameter}[24]`),
  ];
  // A weak or external symbol's copy is the module's own.
  const copy = { ...fn, linkage: [], name, parameters };
  if (fn.body === undefined) return copy;
  const prologue = [
    ...DECLARATIONS,
    ...AXES.map((axis, i) => `ld.param.u32 %lithos_grid_${axis}, [${parameter}+${4 * i}];`),
    ...AXES.map((axis, i) => `ld.param.u32 %lithos_block_${axis}, [${parameter}+${12 + 4 * i}];`),
  ];
  return { ...copy, body: rewriteBody(fn.body, prologue, 1, context) };
}

function parameterOf(name: string, source: string): Parameter {
  return { name, tokens: tokenize(source).slice(0, -1) };
}

function rewriteBody(
  body: Block,
  prologue: readonly string[],
  clusterBlocks: number,
  context: Threading,
): Block {
  let calls = 0;
  const rewriteCall = (call: Instruction): Statement[] => {
    const target = callTarget(call);
    if (target === undefined || !context.threaded(target)) return [call];
    const argument = `lithos_call_${calls++}`;
    const operands = withArgument(call, target, argument);
    return [
      ...statements([
        `.param .align 4 .b8 ${argument}[24];`,
        ...AXES.map((axis, i) => `st.param.b32 [${argument}+${4 * i}], %lithos_grid_${axis};`),
        ...AXES.map(
          (axis, i) => `st.param.b32 [${argument}+${12 + 4 * i}], %lithos_block_${axis};`,
        ),
      ]),
      { ...call, operands },
    ];
  };
  const rewrite = (block: Block): Block => ({
    ...block,
    statements: block.statements.flatMap((statement): Statement[] => {
      if (statement.kind === 'block') return [rewrite(statement)];
      if (statement.kind !== 'instruction') return [statement];
      if (statement.opcode === 'call') return rewriteCall(statement);
      return rewriteGridReads(statement, clusterBlocks);
    }),
  });
  const rewritten = rewrite(body);
  return { ...body, statements: [...statements(prologue), ...rewritten.statements] };
}

/** `call (r), f, (a)` becomes `call (r), f_lithos_atom, (a, argument)`; `call f` likewise. */
function withArgument(
  call: Instruction,
  target: string,
  argument: string,
): Instruction['operands'] {
  const extra = { kind: 'name', name: argument, member: undefined } as const;
  const at = call.operands.findIndex((o) => o.kind === 'name' && o.name === target);
  const list = call.operands[at + 1];
  const given = list?.kind === 'list' ? list.items : [];
  return [
    ...call.operands.slice(0, at),
    { kind: 'name', name: `${target}${COPY_SUFFIX}`, member: undefined },
    { kind: 'list', items: [...given, extra] },
    ...call.operands.slice(at + 2),
  ];
}

/** Statements from source of our own. */
function statements(lines: readonly string[]): readonly Statement[] {
  if (lines.length === 0) return [];
  const [fn] = parsePtx(`.func f() {\n${lines.join('\n')}\n}`).items;
  if (fn?.kind !== 'function' || fn.body === undefined) throw new Error('a body was expected');
  return fn.body.statements;
}
