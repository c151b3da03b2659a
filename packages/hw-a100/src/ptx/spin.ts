import { type BasicBlock, controlFlow, loops } from './flow.ts';
import { callTarget, instructionsOf, namesIn } from './functions.ts';
import { isRetry } from './retry.ts';
import type { Instruction, Operand, PtxFunction } from './tree.ts';

/**
 * Finds loops that may wait for another thread block: a loop in which a branch depends on what a
 * synchronising access to global memory returned. Synchronising are volatile, relaxed, acquire and
 * cache-volatile loads, and atomics with a result. Atoms of one launch run one after the other, so
 * a block that waits for a block of a later atom would wait for ever.
 *
 * The test errs towards refusing (a queue of work items, a lock, an `if` on an atomic's result
 * inside a loop are refused too), with these exceptions:
 * - a compare-and-swap that is retried with what it found (the float maximum) waits for nobody;
 * - plain loads are no synchronisation in the PTX memory model: a loop that spins on one is a data
 *   race, which compilers need not keep, and is not looked for unless a fence is in the loop too;
 * - an access to shared memory concerns the block alone.
 */
export function spinLoops(
  fn: PtxFunction,
  synchronises: (callee: string) => boolean,
): Instruction[] {
  if (fn.body === undefined) return [];
  const blocks = controlFlow(fn.body);
  return loops(blocks).flatMap((members) => {
    const waiting = waitsIn(
      blocks,
      members.sort((a, b) => a - b),
      synchronises,
    );
    return waiting === undefined ? [] : [waiting];
  });
}

/** Whether an instruction reads global memory in a way that other blocks can answer. */
export function isSynchronising(instruction: Instruction): boolean {
  const { opcode, modifiers } = instruction;
  if (opcode === 'nanosleep') return true;
  if (opcode !== 'ld' && opcode !== 'atom') return false;
  const local = modifiers.some((m) => /^\.(shared|local|param|const)/.test(m));
  return !local && (opcode === 'atom' || modifiers.some((m) => SYNCHRONISING.has(m)));
}

const SYNCHRONISING = new Set(['.volatile', '.relaxed', '.acquire', '.mmio', '.cv', '.cg']);

/** A fence that orders accesses to global memory for other blocks: plain loads around it may synchronise. */
function isFence({ opcode, modifiers }: Instruction): boolean {
  if (opcode === 'membar') return modifiers.some((m) => m === '.gl' || m === '.sys');
  return opcode === 'fence' && modifiers.some((m) => m === '.gpu' || m === '.sys');
}

/** A load without ordering of its own that other blocks may answer, given a fence. */
function isPlainLoad({ opcode, modifiers }: Instruction): boolean {
  return opcode === 'ld' && !modifiers.some((m) => /^\.(shared|local|param|const|nc)/.test(m));
}

/** Functions that synchronise (a fence is enough), or call one that does. */
export function synchronisingFunctions(defined: ReadonlyMap<string, PtxFunction>): Set<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [name, fn] of defined) {
      if (fn.body === undefined || found.has(name)) continue;
      const does = instructionsOf(fn.body).some(
        (i) =>
          isSynchronising(i) ||
          isFence(i) ||
          (i.opcode === 'call' && found.has(callTarget(i) ?? '')),
      );
      if (does) found.add(name);
    }
  }
  return found;
}

function waitsIn(
  blocks: readonly BasicBlock[],
  members: readonly number[],
  synchronises: (callee: string) => boolean,
): Instruction | undefined {
  const inside = members.flatMap((i) => blocks[i]?.instructions ?? []);
  const fenced = inside.some(isFence);
  const sources = inside.filter((instruction) => {
    if (instruction.opcode === 'call') return synchronises(callTarget(instruction) ?? '%');
    return isSynchronising(instruction) || (fenced && isPlainLoad(instruction));
  });
  const sleeps = sources.find((source) => source.opcode === 'nanosleep');
  if (sleeps !== undefined) return sleeps;
  return sources.find((source) => {
    const reached = flowsFrom(new Set(written(source)), inside);
    const branches = inside.filter(
      (i) => BRANCHES.has(i.opcode) && readBy(i).some((name) => reached.has(name)),
    );
    if (branches.length === 0) return false;
    return !isRetry(source, reached, branches, { blocks, members, written });
  });
}

const BRANCHES = new Set(['bra', 'brx', 'ret', 'exit']);

/** Pseudo-register for memory: a tainted store taints what any later load returns. */
const MEMORY = '[memory]';

/** Registers that some of the given ones may reach within the loop, whatever the order. */
function flowsFrom(reached: Set<string>, inside: readonly Instruction[]): Set<string> {
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const instruction of inside) {
      if (readBy(instruction).some((name) => reached.has(name))) {
        for (const name of written(instruction)) reached.add(name);
      }
    }
  }
  return reached;
}

const NO_RESULT = new Set(['st', 'red', 'bra', 'brx', 'bar', 'barrier', 'membar', 'fence', 'ret']);

function written(instruction: Instruction): string[] {
  const { opcode, modifiers, operands } = instruction;
  const [first] = operands;
  if (first === undefined) return [];
  if (opcode === 'st') return modifiers.includes('.param') ? namesIn([first]) : [MEMORY];
  // `bar.red.popc.u32 %r1, 0, %p1` has a result, the other barriers have none.
  if (opcode.startsWith('bar') && modifiers.includes('.red')) return namesIn([first]);
  if (NO_RESULT.has(opcode)) return [];
  // What a call is given it may leave in memory: its own, or its caller's by a pointer.
  if (opcode === 'call') return [...(first.kind === 'list' ? namesIn([first]) : []), MEMORY];
  return first.kind === 'address' ? [] : namesIn([first]);
}

function readBy(instruction: Instruction): string[] {
  const { guard, opcode, modifiers, operands } = instruction;
  const rest: Operand[] = operands.slice(writesFirst(instruction) ? 1 : 0);
  const names = namesIn(rest);
  if (guard !== undefined) names.push(guard.register);
  const register = modifiers.some((m) => m === '.param' || m === '.const');
  if (opcode === 'ld' && !register) names.push(MEMORY);
  return names;
}

function writesFirst(instruction: Instruction): boolean {
  if (instruction.opcode === 'st') return true;
  if (instruction.opcode === 'call') return instruction.operands[0]?.kind === 'list';
  return written(instruction).length > 0;
}
