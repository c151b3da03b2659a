import type { BasicBlock } from './flow.ts';
import { namesIn } from './functions.ts';
import type { Instruction } from './tree.ts';

/** The loop that a compare-and-swap stands in. */
export interface Loop {
  readonly blocks: readonly BasicBlock[];
  /** Indexes of its basic blocks. */
  readonly members: readonly number[];
  /** Registers that an instruction writes. */
  readonly written: (instruction: Instruction) => readonly string[];
}

/**
 * Whether an `atom.cas` only retries with what it found, as the float maximum does: then a turn is
 * repeated because another block got ahead, never because one is behind. Its expected value comes from
 * its own result, one turn earlier, and turns are repeated for one reason only: right after it, a
 * branch found that result and expected value differ. Without that, from either side of every other
 * branch that its result reaches, a way leads out of the loop which asks for the result no more.
 *
 * @param reached registers that its result may reach
 * @param branches the branches in the loop that read one of these
 */
export function isRetry(
  cas: Instruction,
  reached: ReadonlySet<string>,
  branches: readonly Instruction[],
  loop: Loop,
): boolean {
  if (cas.opcode !== 'atom' || !cas.modifiers.includes('.cas')) return false;
  const [result, , expected] = cas.operands;
  if (result?.kind !== 'name' || expected?.kind !== 'name') return false;
  if (result.name === expected.name || !reached.has(expected.name)) return false;
  const { blocks, members, written } = loop;
  const starts: (readonly number[])[] = [];
  // Where control goes on from a branch on the result: if the two are equal, or else nowhere.
  const onward = new Map<number, readonly number[]>();
  for (const branch of branches) {
    const at = members.find((i) => blocks[i]?.instructions.includes(branch));
    const block = at === undefined ? undefined : blocks[at];
    if (at === undefined || block === undefined) return false;
    const equality = comparison(cas, branch, block.instructions, written);
    const [jumps, through] = [block.next.slice(0, -1), block.next.slice(-1)];
    if (equality === undefined) {
      starts.push(jumps, through);
      onward.set(at, []);
    } else {
      const whereEqual = equality !== (branch.guard?.negated ?? false) ? jumps : through;
      starts.push(whereEqual);
      onward.set(at, whereEqual);
    }
  }
  return starts.every((start) => leaves(start, loop, onward));
}

/** Whether a branch's predicate says that result and expected value are equal, or differ; or neither. */
function comparison(
  cas: Instruction,
  branch: Instruction,
  block: readonly Instruction[],
  written: Loop['written'],
): boolean | undefined {
  const from = block.indexOf(cas);
  const [result, , expected] = cas.operands;
  const predicate = branch.guard?.register;
  if (from < 0 || result === undefined || expected === undefined) return undefined;
  if (predicate === undefined || branch.opcode === 'brx') return undefined;
  const pair = namesIn([result, expected]).sort().join();
  const compared = new Set(namesIn([result, expected]));
  let equality: boolean | undefined;
  for (const instruction of block.slice(from + 1)) {
    const names = written(instruction);
    if (names.includes(predicate)) {
      const { opcode, modifiers, guard, operands } = instruction;
      if (opcode !== 'setp' || guard !== undefined || compared.size < 2) return undefined;
      if (operands.length !== 3 || operands[0]?.kind !== 'name') return undefined;
      if (namesIn(operands.slice(1)).sort().join() !== pair) return undefined;
      if (modifiers[0] !== '.eq' && modifiers[0] !== '.ne') return undefined;
      equality = modifiers[0] === '.eq';
    }
    for (const name of names) compared.delete(name);
  }
  return equality;
}

/** Whether a way leads from one of these basic blocks out of the loop. */
function leaves(
  from: readonly number[],
  { blocks, members }: Loop,
  onward: ReadonlyMap<number, readonly number[]>,
): boolean {
  // A `ret` leads nowhere: that is out as well.
  if (from.length === 0) return true;
  const seen = new Set(from);
  // A set grows while it is walked, and is walked to its end.
  for (const at of seen) {
    if (!members.includes(at)) return true;
    for (const next of onward.get(at) ?? blocks[at]?.next ?? []) seen.add(next);
  }
  return false;
}
