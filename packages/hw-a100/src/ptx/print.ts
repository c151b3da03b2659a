import type { Token } from './tokens.ts';
import type {
  Instruction,
  Item,
  Module,
  Operand,
  Parameter,
  PtxFunction,
  Statement,
} from './tree.ts';

/** PTX text of a module, one statement a line; its tokens are those that were parsed. */
export function printPtx(module: Module): string {
  return module.items.map(printItem).join('\n').concat('\n');
}

function printItem(item: Item): string {
  if (item.kind === 'directive') return printTokens(item.tokens);
  return printFunction(item);
}

function printFunction(fn: PtxFunction): string {
  const head = [
    ...(fn.linkage.length > 0 ? [printTokens(fn.linkage)] : []),
    fn.entry ? '.entry' : '.func',
    ...(fn.returns === undefined ? [] : [printParameters(fn.returns)]),
    fn.name,
  ].join(' ');
  const parameters = fn.parameters === undefined ? '' : printParameters(fn.parameters);
  const performance = fn.performance.map((tokens) => `${printTokens(tokens)}\n`).join('');
  const body = fn.body === undefined ? ';' : printStatement(fn.body, '');
  return `${head}${parameters}\n${performance}${body}`;
}

function printParameters(parameters: readonly Parameter[]): string {
  return `(${parameters.map((p) => printTokens(p.tokens)).join(', ')})`;
}

function printStatement(statement: Statement, indent: string): string {
  switch (statement.kind) {
    case 'block': {
      const inner = statement.statements.map((s) => `${printStatement(s, `${indent}\t`)}\n`);
      return `${indent}{\n${inner.join('')}${indent}}`;
    }
    case 'label':
      return `${statement.name}:`;
    case 'directive':
      return `${indent}${printTokens(statement.tokens)}`;
    case 'instruction':
      return `${indent}${printInstruction(statement)}`;
  }
}

/** One instruction with its semicolon, also for messages. */
export function printInstruction(instruction: Instruction): string {
  const { guard, opcode, modifiers, operands } = instruction;
  const predicate = guard === undefined ? '' : `@${guard.negated ? '!' : ''}${guard.register} `;
  const list = operands.length === 0 ? '' : ` ${operands.map(printOperand).join(', ')}`;
  return `${predicate}${opcode}${modifiers.join('')}${list};`;
}

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'name':
      return `${operand.name}${operand.member ?? ''}`;
    case 'literal':
      return operand.text;
    case 'address':
      return `[${operand.items.map(printOperand).join(', ')}]`;
    case 'vector':
      return `{${operand.items.map(printOperand).join(', ')}}`;
    case 'list':
      return `(${operand.items.map(printOperand).join(', ')})`;
    case 'prefix':
      return `${operand.operator}${printOperand(operand.operand)}`;
    case 'binary':
      return printBinary(operand.operator, printOperand(operand.left), printOperand(operand.right));
  }
}

/** Tight for addresses (`%rd1+4`, `%p1|%p2`), spaced where the tokens would run together. */
function printBinary(operator: string, left: string, right: string): string {
  const tight = operator === '+' || operator === '|';
  return tight && !/^[+|]/.test(right)
    ? `${left}${operator}${right}`
    : `${left} ${operator} ${right}`;
}

const NO_SPACE_BEFORE = new Set([',', ';', ')', ']', '[', '<', '>', ':', '+']);
const NO_SPACE_AFTER = new Set(['(', '[', '<', '+']);

function printTokens(tokens: readonly Token[]): string {
  let text = '';
  let before: Token | undefined;
  for (const token of tokens) {
    const tight =
      before === undefined ||
      NO_SPACE_BEFORE.has(token.text) ||
      NO_SPACE_AFTER.has(before.text) ||
      (before.text === '-' && token.kind === 'number');
    text += tight ? token.text : ` ${token.text}`;
    before = token;
  }
  return text;
}
