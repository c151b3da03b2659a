import { ptxError, type Token, tokenize } from './tokens.ts';

/** Reads tokens one after the other; never past the `end` token. */
export interface Cursor {
  /** The token `ahead` places on; 0, the default, is the next one. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is this punctuation or dotted word. */
  accept(text: string): boolean;
  expect(text: string): Token;
  expectWord(what: string): Token;
  /** A level of nesting begins with this token, which is refused where it is one too many. */
  enter(token: Token): void;
  /** So many levels end; they need not where reading ends with an error. */
  leave(levels?: number): void;
}

/** Trees are walked by recursion. What nvcc emits is some ten levels deep at most. */
const MAX_DEPTH = 256;

export function cursorOver(source: string): Cursor {
  const tokens = tokenize(source);
  const last = tokens[tokens.length - 1] as Token;
  let at = 0;
  let depth = 0;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? last;
  const next = (): Token => {
    const token = peek();
    if (token.kind !== 'end') at++;
    return token;
  };
  const expect = (text: string): Token => {
    const token = next();
    if (token.text !== text) throw unexpected(token, `'${text}'`);
    return token;
  };
  return {
    peek,
    next,
    expect,
    accept: (text) => {
      if (peek().text !== text || peek().kind === 'string') return false;
      at++;
      return true;
    },
    expectWord: (what) => {
      const token = next();
      if (token.kind !== 'word') throw unexpected(token, what);
      return token;
    },
    enter: (token) => {
      if (++depth <= MAX_DEPTH) return;
      const what = `more than ${MAX_DEPTH} levels of blocks or operands in one another`;
      throw ptxError(what, token, 'take levels out: braces around code, or parts of an expression');
    },
    leave: (levels = 1) => {
      depth -= levels;
    },
  };
}

export function unexpected(token: Token, wanted: string): Error {
  const found = token.kind === 'end' ? 'the end' : `'${token.text}'`;
  return ptxError(`expected ${wanted}, found ${found}`, token);
}
