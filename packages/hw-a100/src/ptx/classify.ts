import { type KernelSplitting, LithosError } from '@lithos/core';
import {
  type CallGraph,
  callGraph,
  callTarget,
  instructionsOf,
  namesIn,
  visitNames,
} from './functions.ts';
import { rewriteGridReads } from './grid-reads.ts';
import { integersIn } from './literals.ts';
import { spinLoops, synchronisingFunctions } from './spin.ts';
import type { Position } from './tokens.ts';
import type { Instruction, Module, PtxFunction } from './tree.ts';

export type Splitting = KernelSplitting;

/** Registers that tell a block of a launch where it stands, which atoms give their original values. */
export const GRID_REGISTERS: ReadonlySet<string> = new Set([
  '%ctaid',
  '%nctaid',
  '%clusterid',
  '%nclusterid',
]);

/** Reading one of these ties a kernel to its launch or to the device as a whole. */
const WHOLE_REGISTERS = new Map([
  ['%gridid', 'reads %gridid, which differs between launches'],
  ['%nsmid', 'reads %nsmid: it sizes its work to the device (a persistent kernel)'],
  ['%envreg1', 'uses a cooperative launch (%envreg1): grid synchronisation'],
  ['%envreg2', 'uses a cooperative launch (%envreg2): grid synchronisation'],
]);

/** Functions of the CUDA device runtime without a body in the module that concern one thread only. */
const HARMLESS = /^(vprintf|malloc|free|__assertfail|__cuda_syscall_\w+)$/;

const LAUNCHES = /^(cudaLaunchDevice|cudaGetParameterBuffer|__cudaCDP|cudaCDP)/;

/** Classifies every kernel defined in a module. */
export function classifyKernels(module: Module): ReadonlyMap<string, Splitting> {
  const graph = callGraph(module);
  const synchronising = synchronisingFunctions(graph.defined);
  const anyTaken = [...graph.addressTaken].some((name) => synchronising.has(name));
  const synchronises = (callee: string): boolean =>
    callee.startsWith('%') ? anyTaken : synchronising.has(callee);
  const result = new Map<string, Splitting>();
  for (const [name, fn] of graph.defined) {
    if (fn.entry) result.set(name, classify(fn, graph, synchronises));
  }
  return result;
}

function classify(
  entry: PtxFunction,
  graph: CallGraph,
  synchronises: (callee: string) => boolean,
): Splitting {
  const below = graph.below(entry.name);
  const reasons: string[] = [];
  let waits = false;
  const because = (what: string, at: Position): void => {
    const reason = `line ${at.line}: ${what}`;
    if (!reasons.includes(reason)) reasons.push(reason);
  };
  if (graph.addressTaken.has(entry.name)) because('its address is taken: others launch it', entry);
  for (const { name, call } of below.external) {
    if (LAUNCHES.test(name)) because(`launches kernels itself (${name})`, call);
    else if (!HARMLESS.test(name)) because(`calls ${name}, which the module does not define`, call);
  }
  const [indirect] = below.indirect;
  const functions = [...below.functions];
  if (indirect !== undefined) {
    for (const name of graph.addressTaken) {
      const reads = graph.below(name).functions.some(readsGrid);
      if (reads)
        because(`calls through a pointer that may be ${name}, which reads %ctaid`, indirect);
      functions.push(...graph.below(name).functions);
    }
  }
  const cluster = clusterOf(entry);
  let clusters: Instruction | undefined;
  for (const fn of new Set(functions)) {
    for (const wait of spinLoops(fn, synchronises)) {
      const what = wait.opcode === 'call' ? 'in a function that it calls' : 'on global memory';
      because(`loops until another block answers ${what} (${wait.opcode})`, wait);
      waits = true;
    }
    if (!fn.entry && keepsGlobalState(fn))
      because(`${fn.name} has global variables of its own`, fn);
    if (synchronises(fn.name) && callsItself(fn, graph, synchronises)) {
      because(`${fn.name} calls itself, and may wait for another block that way`, fn);
      waits = true;
    }
    for (const instruction of fn.body === undefined ? [] : instructionsOf(fn.body)) {
      const reason = wholeReason(instruction) ?? unanswerable(instruction, cluster?.[0] ?? 1);
      if (reason !== undefined) because(reason, instruction);
      if (usesCluster(instruction)) clusters ??= instruction;
      // The size of its cluster is the kernel's: a function has as many as kernels that call it.
      if (!fn.entry && (cluster?.[0] ?? 1) !== 1 && readsCluster(instruction)) {
        because(`${fn.name} reads the number of a cluster, and is no kernel itself`, instruction);
      }
    }
  }
  if (hasDirective(entry, '.blocksareclusters')) {
    because('is launched on a grid of clusters (.blocksareclusters)', entry);
  }
  if (
    cluster === undefined &&
    (clusters !== undefined || hasDirective(entry, '.explicitcluster'))
  ) {
    because('uses thread-block clusters, whose size is not in the module', clusters ?? entry);
  }
  if (cluster !== undefined && cluster[1] * cluster[2] !== 1) {
    because(`clusters of ${cluster.join('x')} blocks do not fit a one-dimensional range`, entry);
  }
  if (reasons.length > 0) return { kind: 'whole', reasons, ...(waits && { waits }) };
  if (cluster === undefined) return { kind: 'splittable' };
  return { kind: 'cluster-multiple', clusterBlocks: cluster[0] };
}

function wholeReason(instruction: Instruction): string | undefined {
  if (instruction.opcode === 'griddepcontrol') {
    return 'uses griddepcontrol: it overlaps with the launches around it';
  }
  if (instruction.opcode === 'clusterlaunchcontrol') {
    return 'uses clusterlaunchcontrol: it takes over other blocks of its launch';
  }
  let reason: string | undefined;
  for (const operand of instruction.operands) {
    visitNames(operand, (name) => {
      reason ??= WHOLE_REGISTERS.get(name);
    });
  }
  return reason;
}

/** Why a read of the grid cannot be answered for an atom, if that is so. */
function unanswerable(instruction: Instruction, clusterBlocks: number): string | undefined {
  try {
    rewriteGridReads(instruction, clusterBlocks);
    return undefined;
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return error.message.replace(/^PTX, line \d+, column \d+: /, '');
  }
}

/** Whether a function may be called again below itself, by name or by pointer. */
function callsItself(
  fn: PtxFunction,
  graph: CallGraph,
  synchronises: (callee: string) => boolean,
): boolean {
  if (fn.body === undefined) return false;
  const calls = instructionsOf(fn.body).filter((i) => i.opcode === 'call');
  const again = (name: string): boolean => graph.below(name).functions.includes(fn);
  const byName = calls.some((call) => again(callTarget(call) ?? '%'));
  if (byName || graph.below(fn.name).indirect.length === 0) return byName;
  return [...graph.addressTaken].some((name) => synchronises(name) && again(name));
}

function readsCluster(instruction: Instruction): boolean {
  return namesIn(instruction.operands).some((n) => n === '%clusterid' || n === '%nclusterid');
}

function usesCluster(instruction: Instruction): boolean {
  const { opcode, modifiers, operands } = instruction;
  if (opcode === 'mapa' || opcode === 'getctarank') return true;
  if (modifiers.some((m) => m.includes('cluster') && m !== '.shared::cluster')) return true;
  let reads = false;
  for (const operand of operands) {
    visitNames(operand, (name) => {
      reads ||= /^%(n?clusterid|cluster_n?cta|is_explicit_cluster)/.test(name);
    });
  }
  return reads;
}

/** Whether a function itself reads a register that an atom must answer for. */
export function readsGrid(fn: PtxFunction): boolean {
  let reads = false;
  for (const instruction of fn.body === undefined ? [] : instructionsOf(fn.body)) {
    for (const operand of instruction.operands) {
      visitNames(operand, (name) => {
        reads ||= GRID_REGISTERS.has(name);
      });
    }
  }
  return reads;
}

/** Copies of such a function would not share their variables. */
function keepsGlobalState(fn: PtxFunction): boolean {
  return (
    fn.body?.statements.some((s) => s.kind === 'directive' && s.tokens[0]?.text === '.global') ??
    false
  );
}

/** Blocks per cluster along x, y, z as the kernel's directives fix them. */
export function clusterOf(entry: PtxFunction): readonly [number, number, number] | undefined {
  const tokens = entry.performance.find((list) => list[0]?.text === '.reqnctapercluster');
  if (tokens === undefined) return undefined;
  const [x = 1, y = 1, z = 1] = integersIn(tokens);
  return [x, y, z];
}

const hasDirective = (fn: PtxFunction, name: string): boolean =>
  fn.performance.some((tokens) => tokens[0]?.text === name);
