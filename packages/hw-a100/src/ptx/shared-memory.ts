import { namesIn } from './functions.ts';
import { arrayLengths } from './literals.ts';
import type { Token } from './tokens.ts';
import type { Block, Directive, Module, PtxFunction } from './tree.ts';

/** Bytes of the module's own `.shared` variables, by name; those whose size is given at launch have 0. */
export function moduleShared(module: Module): ReadonlyMap<string, number> {
  const directives = module.items.filter((item) => item.kind === 'directive');
  return new Map(directives.flatMap(sharedVariables).map(({ name, bytes }) => [name, bytes]));
}

/** Shared memory that functions declare, or use of the module's, in bytes. */
export function sharedBytes(
  functions: readonly PtxFunction[],
  module: ReadonlyMap<string, number>,
): number {
  const used = new Set<string>();
  let bytes = 0;
  // Each block of a function has names of its own, which hide those of the same name outside it.
  const visit = (block: Block, hidden: ReadonlySet<string>): void => {
    const own = new Set(hidden);
    for (const statement of block.statements) {
      if (statement.kind !== 'directive') continue;
      for (const variable of sharedVariables(statement)) {
        own.add(variable.name);
        bytes += variable.bytes;
      }
    }
    for (const statement of block.statements) {
      if (statement.kind === 'block') visit(statement, own);
      if (statement.kind !== 'instruction') continue;
      for (const name of namesIn(statement.operands)) {
        if (module.has(name) && !own.has(name)) used.add(name);
      }
    }
  };
  for (const { body } of functions) if (body !== undefined) visit(body, new Set());
  for (const name of used) bytes += module.get(name) ?? 0;
  return bytes;
}

interface Variable {
  readonly name: string;
  /** 0 where the size is given at launch. */
  readonly bytes: number;
}

/** What a directive declares in shared memory: `.shared .align 4 .f32 a[4], b[2][8];` has two. */
function sharedVariables({ tokens }: Directive): readonly Variable[] {
  const at = tokens.findIndex((token) => token.text === '.shared');
  if (at < 0 || tokens[0]?.text === '.section') return [];
  const declared = tokens.slice(at);
  const lanes = declared.find((token) => /^\.v[248]$/.test(token.text))?.text.slice(2) ?? 1;
  const type = declared.find((token) => TYPE.test(token.text))?.text ?? '.b8';
  const element = elementBytes(type) * Number(lanes);
  return declarators(declared).flatMap((declarator) => {
    const name = declarator.find((token) => token.kind === 'word')?.text;
    if (name === undefined) return [];
    return [{ name, bytes: arrayLengths(declarator).reduce((all, n) => all * n, element) }];
  });
}

const TYPE = /^\.([usbf](8|16|32|64)|b128|f16x2)$/;

function elementBytes(type: string): number {
  return type === '.f16x2' ? 4 : Number(type.slice(2)) / 8;
}

/** The parts between commas. Shared memory has no initialisers, in which commas could stand. */
function declarators(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',') parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  return parts;
}
