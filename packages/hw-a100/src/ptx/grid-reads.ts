import { GRID_REGISTERS } from './classify.ts';
import { visitNames } from './functions.ts';
import { ptxError } from './tokens.ts';
import type { Instruction, Operand } from './tree.ts';

/**
 * Replaces reads of %ctaid, %nctaid, %clusterid and %nclusterid in one instruction by the registers
 * that hold the original launch's values. `clusterBlocks`: blocks per cluster along x.
 */
export function rewriteGridReads(instruction: Instruction, clusterBlocks: number): Instruction[] {
  if (!readsAny(instruction)) return [instruction];
  const { opcode, modifiers, operands } = instruction;
  const [destination, source] = operands;
  if (opcode === 'mov' && source?.kind === 'name' && GRID_REGISTERS.has(source.name)) {
    if (source.member === undefined) return moveVector(instruction, clusterBlocks);
    const value = originalOf(source.name, source.member, clusterBlocks, instruction);
    // Older PTX reads the registers as 16-bit numbers.
    if (modifiers.some((m) => m.endsWith('16'))) {
      if (value.divisor !== 1) throw ptxError(`${source.name} read as 16 bits`, instruction);
      return [
        {
          ...instruction,
          opcode: 'cvt',
          modifiers: ['.u16', '.u32'],
          operands: [destination as Operand, value.operand],
        },
      ];
    }
    if (value.divisor === 1)
      return [{ ...instruction, operands: [destination as Operand, value.operand] }];
    const divided = [destination as Operand, value.operand, literal(value.divisor)];
    return [{ ...instruction, opcode: 'div', modifiers: ['.u32'], operands: divided }];
  }
  return [
    { ...instruction, operands: operands.map((o) => replace(o, clusterBlocks, instruction)) },
  ];
}

function readsAny(instruction: Instruction): boolean {
  let reads = false;
  for (const operand of instruction.operands) {
    visitNames(operand, (name) => {
      reads ||= GRID_REGISTERS.has(name);
    });
  }
  return reads;
}

const COMPONENTS = ['.x', '.y', '.z', '.w'];

/** `mov.v4.u32 {a, b, c, d}, %ctaid` becomes a move per component. */
function moveVector(instruction: Instruction, clusterBlocks: number): Instruction[] {
  const [destination, source] = instruction.operands;
  if (destination?.kind !== 'vector' || source?.kind !== 'name') {
    throw ptxError('a grid register without a component outside a vector move', instruction);
  }
  return destination.items.flatMap((item, i) => {
    if (item.kind === 'name' && item.name === '_') return [];
    const member = COMPONENTS[i];
    const scalar: Instruction = {
      ...instruction,
      modifiers: ['.u32'],
      operands: [item, { kind: 'name', name: source.name, member }],
    };
    return rewriteGridReads(scalar, clusterBlocks);
  });
}

interface Value {
  readonly operand: Operand;
  /** What the operand is to be divided by: clusters count in clusters. */
  readonly divisor: number;
}

function originalOf(name: string, member: string, clusterBlocks: number, at: Instruction): Value {
  if (!COMPONENTS.includes(member)) throw ptxError(`${name} has no component '${member}'`, at);
  // The fourth component of an index is 0; nobody reads the fourth of a size.
  if (member === '.w') return { operand: literal(0), divisor: 1 };
  const what = name === '%ctaid' || name === '%clusterid' ? 'block' : 'grid';
  const register = `%lithos_${what}_${member.slice(1)}`;
  const clusters = name.includes('cluster') && member === '.x';
  const operand: Operand = { kind: 'name', name: register, member: undefined };
  return { operand, divisor: clusters ? clusterBlocks : 1 };
}

function replace(operand: Operand, clusterBlocks: number, at: Instruction): Operand {
  switch (operand.kind) {
    case 'literal':
      return operand;
    case 'prefix':
      return { ...operand, operand: replace(operand.operand, clusterBlocks, at) };
    case 'binary': {
      const left = replace(operand.left, clusterBlocks, at);
      return { ...operand, left, right: replace(operand.right, clusterBlocks, at) };
    }
    case 'address':
    case 'vector':
    case 'list':
      return { ...operand, items: operand.items.map((item) => replace(item, clusterBlocks, at)) };
    case 'name': {
      if (!GRID_REGISTERS.has(operand.name)) return operand;
      if (operand.member === undefined) throw ptxError(`${operand.name} without a component`, at);
      const value = originalOf(operand.name, operand.member, clusterBlocks, at);
      if (value.divisor !== 1) throw ptxError(`${operand.name} read by other than a move`, at);
      return value.operand;
    }
  }
}

const literal = (value: number): Operand => ({ kind: 'literal', text: String(value) });
