import { integerLiteral } from '../literals.ts';

/**
 * Values of registers: 64-bit ones are `bigint`, the others the unsigned number with their bits
 * (predicates 0 or 1, floats their encoding). Always wrapped to the width.
 */
export type Value = number | bigint;

const bits = new DataView(new ArrayBuffer(8));

export function toFloat(value: Value): number {
  bits.setUint32(0, Number(value));
  return bits.getFloat32(0);
}

export function fromFloat(value: number): number {
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

/** `.u32`, `.s64`, `.f32`, `.b8`, `.pred`: kind and bits of a type. */
export interface Type {
  readonly kind: 'u' | 's' | 'f' | 'b' | 'p';
  readonly bits: number;
}

export function parseType(modifier: string | undefined): Type {
  if (modifier === '.pred') return { kind: 'p', bits: 1 };
  const match = /^\.([usfb])(8|16|32|64)$/.exec(modifier ?? '');
  if (match === null) throw new Error(`the interpreter knows no type ${modifier}`);
  return { kind: match[1] as Type['kind'], bits: Number(match[2]) };
}

/** A value's number as the type reads it: signed, unsigned or float. */
export function read(value: Value, type: Type): Value {
  if (type.kind === 'f') return toFloat(value);
  if (type.kind === 's') {
    const signed = BigInt.asIntN(type.bits, BigInt(value));
    return type.bits === 64 ? signed : Number(signed);
  }
  return wrap(value, type.bits);
}

/** Bits of a number in the type. */
export function write(value: Value, type: Type): Value {
  if (type.kind === 'f') return fromFloat(Number(value));
  return wrap(value, type.bits);
}

export function wrap(value: Value, width: number): Value {
  if (width === 1) return Number(value) & 1;
  const wrapped = BigInt.asUintN(width, BigInt(value));
  return width === 64 ? wrapped : Number(wrapped);
}

/** The number that a literal stands for, as bits of the type. */
export function literalValue(text: string, type: Type): Value {
  if (/^0[fF]/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (type.kind === 'f') return fromFloat(Number(text));
  return wrap(integer(text), type.bits);
}

export function integer(text: string): bigint {
  const value = integerLiteral(text);
  if (value === undefined) throw new Error(`the interpreter knows no integer ${text}`);
  return value;
}
