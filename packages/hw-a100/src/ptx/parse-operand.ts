import { type Cursor, unexpected } from './cursor.ts';
import type { Token } from './tokens.ts';
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
  let levels = 0;
  for (; BINARY.has(cursor.peek().text); levels++) {
    const token = cursor.next();
    cursor.enter(token);
    operand = { kind: 'binary', operator: token.text, left: operand, right: parsePrimary(cursor) };
  }
  cursor.leave(levels);
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
  cursor.enter(token);
  const operand = parseNested(cursor, token);
  if (operand === undefined) throw unexpected(token, 'an operand');
  cursor.leave();
  return operand;
}

/** An operand that has others inside, after its first token. */
function parseNested(cursor: Cursor, { text }: Token): Operand | undefined {
  if (text === '[') return { kind: 'address', items: parseOperands(cursor, ']') };
  if (text === '{') return { kind: 'vector', items: parseOperands(cursor, '}') };
  if (text === '(') return { kind: 'list', items: parseOperands(cursor, ')') };
  if (PREFIX.has(text)) return { kind: 'prefix', operator: text, operand: parsePrimary(cursor) };
  return undefined;
}
