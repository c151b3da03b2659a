import type { Block, Instruction, Module, PtxFunction } from '../tree.ts';
import { integer } from './values.ts';

/** Code of a function as a list, with the places of its labels. */
export interface Code {
  readonly fn: PtxFunction;
  readonly instructions: readonly Instruction[];
  readonly labels: ReadonlyMap<string, number>;
  /** Names of parameters and results with their sizes, in bytes. */
  readonly parameters: readonly Space[];
  readonly returns: readonly Space[];
  /** Local `.param` spaces, which calls pass on. */
  readonly locals: readonly Space[];
  readonly shared: readonly Space[];
}

export interface Space {
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
}

export interface Program {
  readonly code: ReadonlyMap<string, Code>;
  readonly globals: readonly Space[];
  /** Module-wide `.shared` variables; those of unknown size are last. */
  readonly shared: readonly Space[];
}

export function programOf(module: Module): Program {
  const code = new Map<string, Code>();
  const globals: Space[] = [];
  const shared: Space[] = [];
  for (const item of module.items) {
    if (item.kind === 'function') {
      if (item.body !== undefined) code.set(item.name, codeOf(item, item.body));
      continue;
    }
    const words = item.tokens.map((token) => token.text);
    if (words.includes('.global')) globals.push(...spacesIn(words));
    if (words.includes('.shared')) shared.push(...spacesIn(words));
  }
  return { code, globals, shared: shared.sort((a, b) => b.bytes - a.bytes) };
}

function codeOf(fn: PtxFunction, body: Block): Code {
  const instructions: Instruction[] = [];
  const labels = new Map<string, number>();
  const locals: Space[] = [];
  const shared: Space[] = [];
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      if (statement.kind === 'block') visit(statement);
      else if (statement.kind === 'label') labels.set(statement.name, instructions.length);
      else if (statement.kind === 'instruction') instructions.push(statement);
      else {
        const words = statement.tokens.map((token) => token.text);
        if (words[0] === '.param') locals.push(...spacesIn(words));
        if (words[0] === '.shared') shared.push(...spacesIn(words));
      }
    }
  };
  visit(body);
  const parameters = (fn.parameters ?? []).flatMap((p) => spacesIn(p.tokens.map((t) => t.text)));
  const returns = (fn.returns ?? []).flatMap((p) => spacesIn(p.tokens.map((t) => t.text)));
  return { fn, instructions, labels, parameters, returns, locals, shared };
}

/** `.param .align 4 .b8 name[24]`, `.global .b32 x = 1`. */
function spacesIn(words: readonly string[]): Space[] {
  const type = words.find((word) => /^\.[usfb](8|16|32|64)$/.test(word));
  if (type === undefined) return [];
  const align = words[0] === '.align' ? 1 : Number(words[words.indexOf('.align') + 1] ?? 1);
  const at = words.findIndex((word) => /^[A-Za-z_$%]/.test(word));
  const name = words[at];
  if (name === undefined) return [];
  const count =
    words[at + 1] !== '[' ? 1 : words[at + 2] === ']' ? 0 : Number(integer(words[at + 2] ?? ''));
  const bytes = (Number(type.slice(2)) / 8) * count;
  return [{ name, bytes, align: Math.max(align || 1, Number(type.slice(2)) / 8) }];
}
