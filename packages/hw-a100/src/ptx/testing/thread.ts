import { Memory } from './memory.ts';
import type { Code, Program, Space } from './program.ts';
import type { Value } from './values.ts';

export interface Frame {
  readonly code: Code;
  pc: number;
  readonly registers: Map<string, Value>;
  readonly params: Map<string, Memory>;
}

export interface Thread {
  readonly frames: Frame[];
  readonly special: Readonly<Record<string, number>>;
  waiting: boolean;
}

export interface BlockState {
  readonly program: Program;
  readonly global: Memory;
  readonly shared: Memory;
  /** Addresses of variables in global and shared memory. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** Fresh memory for each space. */
export const spaces = (list: readonly Space[]): Map<string, Memory> =>
  new Map(list.map((space) => [space.name, new Memory(space.bytes)]));

/** A call's frame, with the spaces that its code passes on to others. */
export function newFrame(code: Code, params: Map<string, Memory>): Frame {
  for (const [name, memory] of spaces(code.locals)) params.set(name, memory);
  return { code, pc: 0, registers: new Map(), params };
}
