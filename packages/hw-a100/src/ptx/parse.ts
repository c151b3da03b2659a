import { type Cursor, cursorOver, unexpected } from './cursor.ts';
import { parseOperands } from './parse-operand.ts';
import type { Token } from './tokens.ts';
import type {
  Block,
  Directive,
  Instruction,
  Item,
  Module,
  Parameter,
  PtxFunction,
  Statement,
} from './tree.ts';

/** Parses a whole PTX module. Throws `LithosError` `E_PTX_SYNTAX` with line and column. */
export function parsePtx(source: string): Module {
  const cursor = cursorOver(source);
  const items: Item[] = [];
  while (cursor.peek().kind !== 'end') items.push(parseItem(cursor));
  return { items };
}

function parseItem(cursor: Cursor): Item {
  const first = cursor.peek();
  if (first.kind !== 'dotted') throw unexpected(first, 'a directive');
  const linkage = linkageLength(cursor);
  const head = cursor.peek(linkage);
  if (head.text === '.entry' || head.text === '.func') return parseFunction(cursor, linkage);
  return parseDirective(cursor);
}

const LINKAGE = new Set(['.visible', '.extern', '.weak', '.common']);

/** How many tokens of linkage and attributes stand ahead. */
function linkageLength(cursor: Cursor): number {
  let length = 0;
  for (;;) {
    const { text } = cursor.peek(length);
    if (LINKAGE.has(text)) length++;
    else if (text === '.attribute') length = pastParentheses(cursor, length + 1);
    else return length;
  }
}

function pastParentheses(cursor: Cursor, from: number): number {
  let depth = 0;
  for (let i = from; cursor.peek(i).kind !== 'end'; i++) {
    const { text } = cursor.peek(i);
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return i + 1;
  }
  throw unexpected(cursor.peek(from), "'(' … ')'");
}

function parseFunction(cursor: Cursor, linkageTokens: number): PtxFunction {
  const { line, column } = cursor.peek();
  const linkage = take(cursor, linkageTokens);
  const entry = cursor.next().text === '.entry';
  const performance: Token[][] = [];
  while (cursor.peek().text === '.attribute') {
    for (const token of take(cursor, pastParentheses(cursor, 1))) linkage.push(token);
  }
  const returns = cursor.peek().text === '(' ? parseParameters(cursor) : undefined;
  const name = cursor.expectWord('the name of a function').text;
  const parameters = cursor.peek().text === '(' ? parseParameters(cursor) : undefined;
  while (cursor.peek().kind === 'dotted') performance.push(parsePerformance(cursor));
  const body = cursor.accept(';') ? undefined : parseBlock(cursor);
  const head = { kind: 'function', entry, linkage, returns, name, parameters } as const;
  return { ...head, performance, body, line, column };
}

/** `.maxntid 256, 1, 1`, `.explicitcluster`, `.pragma "…";` ahead of a body. */
function parsePerformance(cursor: Cursor): Token[] {
  const tokens = [cursor.next()];
  const semicolon = tokens[0]?.text === '.pragma';
  for (;;) {
    const token = cursor.peek();
    if (semicolon && token.text === ';') return [...tokens, cursor.next()];
    const ends = token.text === '{' || token.text === ';' || token.kind === 'end';
    if (ends || token.kind === 'dotted') return tokens;
    tokens.push(cursor.next());
  }
}

function parseParameters(cursor: Cursor): Parameter[] {
  cursor.expect('(');
  const parameters: Parameter[] = [];
  if (cursor.accept(')')) return parameters;
  for (;;) {
    const tokens: Token[] = [];
    let name: string | undefined;
    while (cursor.peek().text !== ',' && cursor.peek().text !== ')') {
      const token = cursor.next();
      if (token.kind === 'end') throw unexpected(token, "',' or ')'");
      if (token.kind === 'word') name ??= token.text;
      tokens.push(token);
    }
    if (name === undefined) throw unexpected(cursor.peek(), 'a parameter');
    parameters.push({ name, tokens });
    if (cursor.accept(')')) return parameters;
    cursor.expect(',');
  }
}

function parseBlock(cursor: Cursor): Block {
  const first = cursor.expect('{');
  const { line, column } = first;
  const statements: Statement[] = [];
  cursor.enter(first);
  while (!cursor.accept('}')) statements.push(parseStatement(cursor));
  cursor.leave();
  return { kind: 'block', statements, line, column };
}

function parseStatement(cursor: Cursor): Statement {
  const token = cursor.peek();
  if (token.text === '{') return parseBlock(cursor);
  if (token.kind === 'dotted') return parseDirective(cursor);
  if (token.kind === 'word' && cursor.peek(1).text === ':') {
    cursor.next();
    cursor.next();
    return { kind: 'label', name: token.text, line: token.line, column: token.column };
  }
  return parseInstruction(cursor);
}

function parseInstruction(cursor: Cursor): Instruction {
  const { line, column } = cursor.peek();
  let guard: Instruction['guard'];
  if (cursor.accept('@')) {
    const negated = cursor.accept('!');
    guard = { negated, register: cursor.expectWord('a predicate').text };
  }
  const opcode = cursor.expectWord('an instruction').text;
  const modifiers: string[] = [];
  while (cursor.peek().kind === 'dotted') modifiers.push(cursor.next().text);
  const operands = parseOperands(cursor, ';');
  return { kind: 'instruction', guard, opcode, modifiers, operands, line, column };
}

/** Directives that no semicolon ends: how many operands they take, where commas join more on. */
const UNTERMINATED = new Map([
  ['.version', 1],
  ['.target', 1],
  ['.address_size', 1],
  ['.file', 2],
  ['.loc', 3],
]);

function parseDirective(cursor: Cursor): Directive {
  const first = cursor.peek();
  const { line, column } = first;
  const fixed = UNTERMINATED.get(first.text);
  let tokens: Token[];
  if (fixed !== undefined) tokens = parseUnterminated(cursor, fixed);
  else if (first.text === '.section') tokens = parseSection(cursor);
  else tokens = parseTerminated(cursor);
  return { kind: 'directive', tokens, line, column };
}

function parseUnterminated(cursor: Cursor, operands: number): Token[] {
  const tokens = take(cursor, 1 + operands);
  const last = tokens[tokens.length - 1];
  if (last === undefined || tokens.length !== 1 + operands || last.kind === 'end') {
    throw unexpected(cursor.peek(), `an operand of '${tokens[0]?.text}'`);
  }
  while (cursor.peek().text === ',') {
    tokens.push(...take(cursor, 2));
    // `.loc`'s `function_name $L+4` and `inlined_at 1 2 3` go on without commas.
    const name = tokens[tokens.length - 1]?.text;
    if (name === 'function_name') tokens.push(...take(cursor, cursor.peek(1).text === '+' ? 3 : 1));
    if (name === 'inlined_at') tokens.push(...take(cursor, 3));
  }
  return tokens;
}

/** `.section .debug_str { … }`: kept as it is. */
function parseSection(cursor: Cursor): Token[] {
  const tokens: Token[] = [];
  while (cursor.peek().text !== '}') {
    if (cursor.peek().kind === 'end') throw unexpected(cursor.peek(), "'}'");
    tokens.push(cursor.next());
  }
  return [...tokens, cursor.next()];
}

/** Up to and with its semicolon. Braces and parentheses inside (initialisers) are kept whole. */
function parseTerminated(cursor: Cursor): Token[] {
  const tokens: Token[] = [];
  for (let depth = 0; ; ) {
    const token = cursor.next();
    if (token.kind === 'end') throw unexpected(token, "';'");
    if (token.text === '{') depth++;
    if (token.text === '}' && --depth < 0) throw unexpected(token, "';'");
    tokens.push(token);
    if (token.text === ';' && depth === 0) return tokens;
  }
}

function take(cursor: Cursor, count: number): Token[] {
  return Array.from({ length: count }, () => cursor.next());
}
