import { printInstruction } from '../print.ts';
import type { Instruction, Operand } from '../tree.ts';
import { arithmetic, atomic, compare } from './arithmetic.ts';
import { Memory } from './memory.ts';
import type { Space } from './program.ts';
import { type BlockState, type Frame, newFrame, type Thread } from './thread.ts';
import {
  integer,
  literalValue,
  parseType,
  read,
  type Type,
  type Value,
  wrap,
  write,
} from './values.ts';

/** Carries out one instruction of a thread, whose place in the code has moved past it already. */
export function execute(
  instruction: Instruction,
  thread: Thread,
  frame: Frame,
  state: BlockState,
): void {
  const { opcode, operands } = instruction;
  const [first] = operands;
  switch (opcode) {
    case 'membar':
      return;
    case 'ret':
      thread.frames.pop();
      return;
    case 'bra':
      frame.pc = labelOf(frame, first);
      return;
    case 'bar':
      thread.waiting = true;
      return;
    case 'call':
      call(instruction, thread, frame, state);
      return;
    case 'st':
      access(instruction, thread, frame, state);
      return;
    default:
      if (first?.kind !== 'name')
        throw new Error(`no register in ${printInstruction(instruction)}`);
      frame.registers.set(first.name, result(instruction, thread, frame, state));
  }
}

function result(instruction: Instruction, thread: Thread, frame: Frame, state: BlockState): Value {
  const { opcode, modifiers, operands } = instruction;
  const [, second, third, fourth] = operands;
  const type = (): Type => parseType(modifiers[modifiers.length - 1]);
  const bitsOf = (operand: Operand | undefined, as: Type): Value =>
    bitsIn(operand, as, thread, frame, state);
  const number = (operand: Operand | undefined, as: Type): Value => read(bitsOf(operand, as), as);
  switch (opcode) {
    case 'mov':
    case 'cvta':
      return bitsOf(second, type());
    case 'ld':
    case 'atom':
      return access(instruction, thread, frame, state);
    case 'selp':
      return Number(bitsOf(fourth, PREDICATE)) === 1
        ? bitsOf(second, type())
        : bitsOf(third, type());
    case 'setp':
      return compare(modifiers[0] ?? '', number(second, type()), number(third, type())) ? 1 : 0;
    case 'cvt': {
      const [to, from] = modifiers.slice(-2).map(parseType);
      if (to === undefined || from === undefined) throw new Error('cvt without types');
      return write(number(second, from), to);
    }
    default:
      return arithmetic(instruction, type(), (i, as) => number(operands[i], as));
  }
}

const PREDICATE: Type = { kind: 'p', bits: 1 };

function bitsIn(
  operand: Operand | undefined,
  type: Type,
  thread: Thread,
  frame: Frame,
  state: BlockState,
): Value {
  if (operand?.kind === 'literal') return literalValue(operand.text, type);
  if (
    operand?.kind === 'prefix' &&
    operand.operator === '-' &&
    operand.operand.kind === 'literal'
  ) {
    return wrap(-integer(operand.operand.text), type.bits);
  }
  if (operand?.kind !== 'name') throw new Error('the interpreter knows no such operand');
  const special = thread.special[`${operand.name}${operand.member ?? ''}`];
  if (special !== undefined) return special;
  const address = state.symbols.get(operand.name);
  if (address !== undefined) return type.bits === 64 ? BigInt(address) : address;
  const value = frame.registers.get(operand.name);
  if (value === undefined) throw new Error(`${operand.name} is read before it is written`);
  return value;
}

/** A load, store or atomic; what it returns, 0 for a store. */
function access(instruction: Instruction, thread: Thread, frame: Frame, state: BlockState): Value {
  const { opcode, modifiers, operands } = instruction;
  const type = parseType(modifiers[modifiers.length - 1]);
  const at = opcode === 'st' ? operands[0] : operands[1];
  const [memory, address] = target(at, modifiers, thread, frame, state);
  const value = (index: number): Value => bitsIn(operands[index], type, thread, frame, state);
  if (opcode === 'st') {
    // A register may be wider than what is stored.
    memory.store(address, type, wrap(value(1), type.bits));
    return 0;
  }
  const old = memory.load(address, type);
  if (opcode === 'atom') {
    memory.store(
      address,
      type,
      atomic(modifiers, old, value(2), () => value(3), type),
    );
  }
  // Narrow signed values are widened with their sign.
  return type.kind === 's' && type.bits < 32 ? wrap(read(old, type), 32) : old;
}

/** The memory and the address in it that `[name+offset]` or `[%register]` stands for. */
function target(
  operand: Operand | undefined,
  modifiers: readonly string[],
  thread: Thread,
  frame: Frame,
  state: BlockState,
): [Memory, number] {
  const [inner] = operand?.kind === 'address' ? operand.items : [];
  const base = inner?.kind === 'binary' ? inner.left : inner;
  const offset = inner?.kind === 'binary' ? offsetOf(inner.right) : 0;
  if (base?.kind !== 'name') throw new Error('the interpreter knows no such address');
  if (modifiers.includes('.param')) {
    const space = frame.params.get(base.name);
    if (space === undefined) throw new Error(`no parameter ${base.name}`);
    return [space, offset];
  }
  const address = Number(bitsIn(base, { kind: 'u', bits: 64 }, thread, frame, state)) + offset;
  return [modifiers.includes('.shared') ? state.shared : state.global, address];
}

function offsetOf(operand: Operand): number {
  if (operand.kind === 'literal') return Number(integer(operand.text));
  if (operand.kind === 'prefix' && operand.operand.kind === 'literal')
    return -Number(integer(operand.operand.text));
  throw new Error('the interpreter knows no such offset');
}

function call(instruction: Instruction, thread: Thread, frame: Frame, state: BlockState): void {
  const at = instruction.operands.findIndex((operand) => operand.kind === 'name');
  const callee = instruction.operands[at];
  const code = callee?.kind === 'name' ? state.program.code.get(callee.name) : undefined;
  if (code === undefined) throw new Error(`no function in ${printInstruction(instruction)}`);
  const params = new Map<string, Memory>();
  const bind = (list: Operand | undefined, spacesOfCallee: readonly Space[]): void => {
    const items = list?.kind === 'list' ? list.items : [];
    if (items.length !== spacesOfCallee.length) throw new Error(`arguments of ${code.fn.name}`);
    items.forEach((item, i) => {
      const memory = item.kind === 'name' ? frame.params.get(item.name) : undefined;
      if (memory !== undefined) params.set(spacesOfCallee[i]?.name ?? '', memory);
    });
  };
  bind(at > 0 ? instruction.operands[0] : undefined, code.returns);
  bind(instruction.operands[at + 1], code.parameters);
  // What a call passes is its own: a recursive call must not see the caller's spaces change.
  for (const space of code.parameters) {
    const given = params.get(space.name);
    if (given === undefined) continue;
    const copy = new Memory(space.bytes);
    copy.bytes.set(given.bytes.subarray(0, space.bytes));
    params.set(space.name, copy);
  }
  thread.frames.push(newFrame(code, params));
}

function labelOf(frame: Frame, operand: Operand | undefined): number {
  const name = operand?.kind === 'name' ? operand.name : '';
  const at = frame.code.labels.get(name);
  if (at === undefined) throw new Error(`no label ${name}`);
  return at;
}
