import type { Block, Directive, Instruction, Operand, Statement } from './tree.ts';

/** A straight run of instructions and where control goes after it. */
export interface BasicBlock {
  readonly instructions: readonly Instruction[];
  /** Indexes of basic blocks; returns and exits lead nowhere. */
  readonly next: readonly number[];
}

interface Draft {
  readonly instructions: Instruction[];
  /** Labels or tables of labels that its last instruction may jump to, by scope. */
  targets: readonly string[];
  scope: Scope;
  fallsThrough: boolean;
}

/** Labels are local to their block: inline assembly repeats the same names. */
interface Scope {
  readonly labels: Map<string, number>;
  /** `.branchtargets` tables: label names. */
  readonly tables: Map<string, readonly string[]>;
  readonly outer: Scope | undefined;
}

const ENDS = new Set(['ret', 'exit', 'trap']);

/** The control flow of a function's body: basic blocks in order, the first being the entry. */
export function controlFlow(body: Block): BasicBlock[] {
  const root = newScope(undefined);
  const drafts: Draft[] = [newDraft(root)];
  fill(body, root, drafts);
  return drafts.map((draft, i) => {
    const next = draft.targets.flatMap((name) => resolve(draft.scope, name));
    if (draft.fallsThrough && i + 1 < drafts.length) next.push(i + 1);
    return { instructions: draft.instructions, next };
  });
}

function fill(block: Block, scope: Scope, drafts: Draft[]): void {
  let label: string | undefined;
  for (const statement of block.statements) {
    if (statement.kind === 'label') {
      drafts.push(newDraft(scope));
      scope.labels.set(statement.name, drafts.length - 1);
    } else if (statement.kind === 'directive') noteTable(statement, label, scope);
    else if (statement.kind === 'block') fill(statement, newScope(scope), drafts);
    else add(statement, scope, drafts);
    label = labelOf(statement);
  }
}

function add(instruction: Instruction, scope: Scope, drafts: Draft[]): void {
  const draft = drafts[drafts.length - 1] as Draft;
  draft.instructions.push(instruction);
  draft.scope = scope;
  const { opcode } = instruction;
  const jumps = opcode === 'bra' || opcode === 'brx';
  if (!jumps && !ENDS.has(opcode)) return;
  if (jumps) draft.targets = instruction.operands.flatMap(labelIn);
  draft.fallsThrough = instruction.guard !== undefined;
  drafts.push(newDraft(scope));
}

/** `bra $L` names its label, `brx.idx %r1, table` its table last. */
function labelIn(operand: Operand): string[] {
  return operand.kind === 'name' && !operand.name.startsWith('%') ? [operand.name] : [];
}

function noteTable(directive: Directive, label: string | undefined, scope: Scope): void {
  if (label === undefined || directive.tokens[0]?.text !== '.branchtargets') return;
  const labels = directive.tokens.filter((token) => token.kind === 'word').map((t) => t.text);
  scope.tables.set(label, labels);
}

const labelOf = (statement: Statement): string | undefined =>
  statement.kind === 'label' ? statement.name : undefined;

function resolve(scope: Scope | undefined, name: string): number[] {
  if (scope === undefined) return [];
  const table = scope.tables.get(name);
  // Only labels: a table that lists itself would never end.
  if (table !== undefined) return table.flatMap((label) => labelled(scope, label));
  const at = scope.labels.get(name);
  return at === undefined ? resolve(scope.outer, name) : [at];
}

function labelled(scope: Scope | undefined, name: string): number[] {
  if (scope === undefined) return [];
  const at = scope.labels.get(name);
  return at === undefined ? labelled(scope.outer, name) : [at];
}

const newScope = (outer: Scope | undefined): Scope => ({
  labels: new Map(),
  tables: new Map(),
  outer,
});

const newDraft = (scope: Scope): Draft => ({
  instructions: [],
  targets: [],
  scope,
  fallsThrough: true,
});

/** The loops: sets of basic blocks that can all reach one another (the outermost loops only). */
export function loops(blocks: readonly BasicBlock[]): number[][] {
  const order: number[] = [];
  walk(
    blocks.map((b) => b.next),
    blocks.map((_, i) => i),
    (i) => order.push(i),
  );
  const back: number[][] = blocks.map(() => []);
  blocks.forEach((block, i) => {
    for (const to of block.next) back[to]?.push(i);
  });
  const found: number[][] = [];
  const seen = new Uint8Array(blocks.length);
  for (const root of order.reverse()) {
    const members: number[] = [];
    walk(back, [root], (i) => members.push(i), seen);
    const [only] = members;
    const loop = members.length > 1 || (only !== undefined && back[only]?.includes(only));
    if (loop) found.push(members);
  }
  return found;
}

/** Depth first from each root, without recursion; `leave` is called when a node's successors are done. */
function walk(
  next: readonly (readonly number[])[],
  roots: readonly number[],
  leave: (node: number) => void,
  seen = new Uint8Array(next.length),
): void {
  for (const root of roots) {
    if (seen[root]) continue;
    seen[root] = 1;
    const stack = [{ node: root, at: 0 }];
    for (let top = stack[0]; top !== undefined; top = stack[stack.length - 1]) {
      const to = next[top.node]?.[top.at++];
      if (to === undefined) {
        leave(top.node);
        stack.pop();
      } else if (!seen[to]) {
        seen[to] = 1;
        stack.push({ node: to, at: 0 });
      }
    }
  }
}
