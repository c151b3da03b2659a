import type { Token } from './tokens.ts';
import type { Block, Instruction, Module, Operand, PtxFunction } from './tree.ts';

/** Every instruction of a block in order of appearance, nested blocks included. */
export function instructionsOf(block: Block): Instruction[] {
  return block.statements.flatMap((statement) => {
    if (statement.kind === 'instruction') return [statement];
    return statement.kind === 'block' ? instructionsOf(statement) : [];
  });
}

/** Calls `visit` for every name inside an operand, with its member (`.x`) where it has one. */
export function visitNames(
  operand: Operand,
  visit: (name: string, member: string | undefined) => void,
): void {
  switch (operand.kind) {
    case 'name':
      visit(operand.name, operand.member);
      return;
    case 'literal':
      return;
    case 'prefix':
      visitNames(operand.operand, visit);
      return;
    case 'binary':
      visitNames(operand.left, visit);
      visitNames(operand.right, visit);
      return;
    case 'address':
    case 'vector':
    case 'list':
      for (const item of operand.items) visitNames(item, visit);
  }
}

/** Names inside operands. */
export function namesIn(operands: readonly Operand[]): string[] {
  const names: string[] = [];
  for (const operand of operands) visitNames(operand, (name) => names.push(name));
  return names;
}

/** What a `call` calls: a function's name or, indirectly, a register. */
export function callTarget(call: Instruction): string | undefined {
  for (const operand of call.operands) {
    if (operand.kind === 'name') return operand.name;
  }
  return undefined;
}

/** How the functions of a module call one another. */
export interface CallGraph {
  /** Definitions (functions with a body) by name. */
  readonly defined: ReadonlyMap<string, PtxFunction>;
  /** Functions whose address is taken: an indirect call may reach them. */
  readonly addressTaken: ReadonlySet<string>;
  /** Everything that runs below a function, itself included: definitions, names without one. */
  below(name: string): Reach;
}

export interface Reach {
  readonly functions: readonly PtxFunction[];
  /** Called by name and not defined in the module. */
  readonly external: readonly { readonly name: string; readonly call: Instruction }[];
  /** The indirect calls among them; what they may reach is not in `functions`. */
  readonly indirect: readonly Instruction[];
}

export function callGraph(module: Module): CallGraph {
  const defined = new Map<string, PtxFunction>();
  const names = new Set<string>();
  for (const item of module.items) {
    if (item.kind !== 'function') continue;
    names.add(item.name);
    if (item.body !== undefined) defined.set(item.name, item);
  }
  const addressTaken = takenAddresses(module, names);
  const below = (name: string): Reach => reach(defined, name);
  return { defined, addressTaken, below };
}

function takenAddresses(module: Module, names: ReadonlySet<string>): Set<string> {
  const taken = new Set<string>();
  const note = (name: string): void => {
    if (names.has(name)) taken.add(name);
  };
  for (const item of module.items) {
    if (item.kind === 'directive') noteTokens(item.tokens, note);
    else if (item.body !== undefined) {
      noteDirectives(item.body, note);
      for (const instruction of instructionsOf(item.body)) {
        const target = instruction.opcode === 'call' ? callTarget(instruction) : undefined;
        for (const name of namesIn(instruction.operands)) if (name !== target) note(name);
      }
    }
  }
  return taken;
}

/** Initialisers name functions; so does `.alias`; the debugging sections count as well, for safety. */
function noteTokens(tokens: readonly Token[], note: (name: string) => void): void {
  for (const token of tokens) if (token.kind === 'word') note(token.text);
}

function noteDirectives(block: Block, note: (name: string) => void): void {
  for (const statement of block.statements) {
    if (statement.kind === 'block') noteDirectives(statement, note);
    if (statement.kind === 'directive' && statement.tokens[0]?.text !== '.loc') {
      noteTokens(statement.tokens, note);
    }
  }
}

function reach(defined: ReadonlyMap<string, PtxFunction>, from: string): Reach {
  const seen = new Set<string>([from]);
  const functions: PtxFunction[] = [];
  const external: { name: string; call: Instruction }[] = [];
  const indirect: Instruction[] = [];
  // A set grows while it is walked, and is walked to its end.
  for (const name of seen) {
    const fn = defined.get(name);
    if (fn?.body === undefined) continue;
    functions.push(fn);
    for (const call of instructionsOf(fn.body)) {
      if (call.opcode !== 'call') continue;
      const target = callTarget(call);
      if (target === undefined || target.startsWith('%')) indirect.push(call);
      else if (defined.has(target)) seen.add(target);
      else external.push({ name: target, call });
    }
  }
  return { functions, external, indirect };
}
