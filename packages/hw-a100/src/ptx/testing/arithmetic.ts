import type { Instruction } from '../tree.ts';
import { type Type, type Value, wrap, write } from './values.ts';

/** Result of an instruction that computes from registers alone. `operand(i)` reads operand `i`. */
export function arithmetic(
  { opcode, modifiers }: Instruction,
  type: Type,
  operand: (index: number, as: Type) => Value,
): Value {
  const a = (): Value => operand(1, type);
  const b = (): Value => operand(2, type);
  if (type.kind === 'f')
    return write(
      floatResult(opcode, Number(a()), Number(b()), () => Number(operand(3, type))),
      type,
    );
  const wide = modifiers.includes('.wide');
  const to: Type = wide ? { ...type, bits: 2 * type.bits } : type;
  const big = (value: Value): bigint => BigInt(value);
  const result = (): bigint => {
    switch (opcode) {
      case 'add':
        return big(a()) + big(b());
      case 'sub':
        return big(a()) - big(b());
      case 'mul':
        return big(a()) * big(b());
      case 'mad':
        return big(a()) * big(b()) + big(operand(3, to));
      case 'div':
        return big(a()) / big(b());
      case 'rem':
        return big(a()) % big(b());
      case 'and':
        return big(a()) & big(b());
      case 'or':
        return big(a()) | big(b());
      case 'xor':
        return big(a()) ^ big(b());
      case 'shl':
        return big(a()) << big(operand(2, { kind: 'u', bits: 32 }));
      case 'shr':
        return big(a()) >> big(operand(2, { kind: 'u', bits: 32 }));
      default:
        throw new Error(`the interpreter knows no ${opcode}${modifiers.join('')}`);
    }
  };
  return wrap(result(), to.bits);
}

function floatResult(opcode: string, a: number, b: number, c: () => number): number {
  if (opcode === 'add') return a + b;
  if (opcode === 'sub') return a - b;
  if (opcode === 'mul') return a * b;
  if (opcode === 'fma') return a * b + c();
  throw new Error(`the interpreter knows no ${opcode} of floats`);
}

export function compare(how: string, a: Value, b: Value): boolean {
  switch (how) {
    case '.eq':
      return a === b;
    case '.ne':
      return a !== b;
    case '.lt':
      return a < b;
    case '.le':
    // Unordered comparisons differ for NaN only.
    case '.leu':
      return a <= b;
    case '.gt':
      return a > b;
    case '.ge':
      return a >= b;
    default:
      throw new Error(`the interpreter knows no comparison ${how}`);
  }
}

/** What an atomic leaves in memory. */
export function atomic(
  modifiers: readonly string[],
  old: Value,
  operand: Value,
  swap: () => Value,
  type: Type,
): Value {
  if (modifiers.includes('.add')) return wrap(BigInt(old) + BigInt(operand), type.bits);
  if (modifiers.includes('.inc')) return old >= operand ? 0 : Number(old) + 1;
  if (modifiers.includes('.cas')) return old === operand ? swap() : old;
  throw new Error(`the interpreter knows no atom${modifiers.join('')}`);
}
