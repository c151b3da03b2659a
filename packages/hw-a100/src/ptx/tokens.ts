import { LithosError } from '@lithos/core';

/** Where something stands in the source, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * `word`: identifier, register or opcode (`%r1`, `$L__BB0_2`, `ld`); `dotted`: a directive,
 * modifier or member (`.global`, `.L1::no_allocate`, `.x`); the rest as named.
 */
export type TokenKind = 'word' | 'dotted' | 'number' | 'string' | 'punctuation' | 'end';

export interface Token extends Position {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Source that is not PTX, or not of the subset known here. */
export function ptxError(
  what: string,
  at: Position,
  fix = 'give PTX text as nvcc -ptx writes it',
): LithosError {
  const message = `PTX, line ${at.line}, column ${at.column}: ${what}`;
  return new LithosError('E_PTX_SYNTAX', message, fix);
}

/**
 * One token at the start of the rest. Order matters: comments before `/`, `.2d` before `.5`,
 * numbers before words. Hexadecimal floats (`0f3F800000`) are numbers of the second form.
 */
const PATTERN =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<dotted>\.[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z0-9_]+)*)|(?<number>0[xX][0-9a-fA-F]+U?|0[fFdD][0-9a-fA-F]{8,16}|0[bB][01]+U?|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?U?)|(?<word>[A-Za-z_$%][A-Za-z0-9_$]*)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<punctuation><<|>>|&&|\|\||==|!=|<=|>=|[-,;:{}()[\]<>@!+*/=|&~^?%])/y;

/** Splits PTX source into tokens; comments and white space are dropped. The last token is `end`. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  while (at < source.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(source);
    const position = { line, column: at - lineStart + 1 };
    if (match?.groups === undefined) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
      throw ptxError(`unexpected character ${JSON.stringify(character)}`, position);
    }
    const text = match[0];
    if (match.groups.space === undefined) {
      tokens.push({ kind: kindOf(match.groups), text, ...position });
    }
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      line++;
      lineStart = at + i + 1;
    }
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', line, column: at - lineStart + 1 });
  return tokens;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind {
  if (groups.dotted !== undefined) return 'dotted';
  if (groups.number !== undefined) return 'number';
  if (groups.word !== undefined) return 'word';
  return groups.string !== undefined ? 'string' : 'punctuation';
}
