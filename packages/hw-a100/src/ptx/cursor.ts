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
}

export function cursorOver(source: string): Cursor {
  const tokens = tokenize(source);
  const last = tokens[tokens.length - 1] as Token;
  let at = 0;
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
  };
}

export function unexpected(token: Token, wanted: string): Error {
  const found = token.kind === 'end' ? 'the end' : `'${token.text}'`;
  return ptxError(`expected ${wanted}, found ${found}`, token);
}
