import { type Cursor, unexpected } from './cursor.ts';
import type { Operand } from './tree.ts';

const BINARY = new Set(['+', '-', '*', '/', '%', '|', '&', '^', '<<', '>>', '&&', '||']);
for (const comparison of ['==', '!=', '<', '>', '<=', '>=']) BINARY.add(comparison);
const PREFIX = new Set(['-', '+', '!', '~']);

/** Operands up to `closing`, which is taken too; none where it comes at once. */
export function parseOperands(cursor: Cursor, closing: string): Operand[] {
  const operands: Operand[] = [];
  if (cursor.accept(closing)) return operands;
  for (;;) {
    operands.push(parseOperand(cursor));
    if (cursor.accept(closing)) return operands;
    if (!cursor.accept(',')) throw unexpected(cursor.peek(), `',' or '${closing}'`);
  }
}

function parseOperand(cursor: Cursor): Operand {
  let operand = parsePrimary(cursor);
  while (BINARY.has(cursor.peek().text)) {
    const operator = cursor.next().text;
    operand = { kind: 'binary', operator, left: operand, right: parsePrimary(cursor) };
  }
  return operand;
}

function parsePrimary(cursor: Cursor): Operand {
  const token = cursor.next();
  if (token.kind === 'number' || token.kind === 'string') {
    return { kind: 'literal', text: token.text };
  }
  if (token.kind === 'word') {
    const member = cursor.peek().kind === 'dotted' ? cursor.next().text : undefined;
    return { kind: 'name', name: token.text, member };
  }
  if (token.text === '[') return { kind: 'address', items: parseOperands(cursor, ']') };
  if (token.text === '{') return { kind: 'vector', items: parseOperands(cursor, '}') };
  if (token.text === '(') return { kind: 'list', items: parseOperands(cursor, ')') };
  if (PREFIX.has(token.text)) {
    return { kind: 'prefix', operator: token.text, operand: parsePrimary(cursor) };
  }
  throw unexpected(token, 'an operand');
}
