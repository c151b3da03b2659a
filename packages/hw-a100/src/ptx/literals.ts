import { ptxError, type Token } from './tokens.ts';

/**
 * An integer as PTX writes it, undefined for any other text: decimal, hexadecimal (`0x400`), octal
 * (`0400`) or binary (`0b100`), with or without the suffix `U`. Source: PTX ISA, "Integer Constants".
 */
export function integerLiteral(text: string): bigint | undefined {
  const digits = text.replace(/U$/, '');
  if (/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0|[1-9]\d*)$/.test(digits)) return BigInt(digits);
  return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : undefined;
}

/** The integer that a token stands for. Throws `LithosError` `E_PTX_SYNTAX` where it is none. */
export function integerOf(token: Token): number {
  const value = integerLiteral(token.text);
  if (value === undefined) throw ptxError(`'${token.text}' is not an integer`, token);
  return Number(value);
}

/** The integers of a directive's list: `.maxntid 256, 1, 1`. */
export function integersIn(tokens: readonly Token[]): readonly number[] {
  return tokens.filter((token) => token.kind === 'number').map(integerOf);
}

/** What stands in brackets, `[4][0x10]`; an empty pair is 0. */
export function arrayLengths(tokens: readonly Token[]): readonly number[] {
  return tokens.flatMap((token, i) => {
    if (token.text !== '[') return [];
    const length = tokens[i + 1];
    return [length?.kind === 'number' ? integerOf(length) : 0];
  });
}
