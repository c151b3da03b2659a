import { parsePtx } from '../parse.ts';
import type { Instruction } from '../tree.ts';
import { execute } from './execute.ts';
import { Memory } from './memory.ts';
import { type Code, type Program, programOf } from './program.ts';
import { type BlockState, type Frame, newFrame, spaces, type Thread } from './thread.ts';

/**
 * Runs the PTX of our test kernels, one thread after the other up to each barrier: enough of it for
 * integers, 32-bit floats (fused multiply-adds round once more than hardware does), predicates,
 * shared memory, atomics and direct calls. It throws on anything else. It exists to compare two ways
 * of running the same kernel; what a GPU computes it need not.
 */
export interface Machine {
  readonly global: Memory;
  /** Reserves device memory; the address. */
  alloc(bytes: number): number;
  /** Address of a variable of the module. */
  symbol(name: string): number;
  launch(kernel: string, launch: Launch): void;
}

export interface Launch {
  readonly grid: readonly [number, number, number];
  readonly block: readonly [number, number, number];
  readonly sharedBytes?: number;
  /** One per parameter: 4-byte parameters take numbers, 8-byte ones too. */
  readonly args: readonly number[];
}

const BASE = 4096;

export function machineFor(source: string, memoryBytes = 1 << 20): Machine {
  const program = programOf(parsePtx(source));
  const global = new Memory(memoryBytes, BASE);
  let next = BASE;
  const alloc = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const globals = new Map(program.globals.map((space) => [space.name, alloc(space.bytes)]));
  const symbol = (name: string): number => {
    const at = globals.get(name);
    if (at === undefined) throw new Error(`no variable ${name}`);
    return at;
  };
  const launch = (kernel: string, what: Launch): void => {
    const code = program.code.get(kernel);
    if (code === undefined) throw new Error(`no kernel ${kernel}`);
    const [gx, gy, gz] = what.grid;
    for (let z = 0; z < gz; z++) {
      for (let y = 0; y < gy; y++) {
        for (let x = 0; x < gx; x++) runBlock(program, global, globals, code, what, [x, y, z]);
      }
    }
  };
  return { global, alloc, symbol, launch };
}

function runBlock(
  program: Program,
  global: Memory,
  globals: ReadonlyMap<string, number>,
  code: Code,
  launch: Launch,
  block: readonly [number, number, number],
): void {
  const symbols = new Map(globals);
  let top = 0;
  const fixed = [
    ...code.shared,
    ...program.shared,
    ...[...program.code.values()].flatMap((c) => c.shared),
  ];
  for (const space of fixed) {
    if (symbols.has(space.name)) continue;
    top = Math.ceil(top / 16) * 16;
    symbols.set(space.name, top);
    top += space.bytes;
  }
  const shared = new Memory(top + (launch.sharedBytes ?? 0));
  const state: BlockState = { program, global, shared, symbols };
  const threads = threadsOf(code, launch, block);
  for (let open = threads; open.length > 0; ) {
    for (const thread of open) run(thread, state);
    open = open.filter((thread) => thread.frames.length > 0);
    for (const thread of open) thread.waiting = false;
  }
}

function threadsOf(code: Code, launch: Launch, block: readonly [number, number, number]): Thread[] {
  const threads: Thread[] = [];
  const [bx, by, bz] = launch.block;
  for (let z = 0; z < bz; z++) {
    for (let y = 0; y < by; y++) {
      for (let x = 0; x < bx; x++) {
        const params = spaces(code.parameters);
        code.parameters.forEach((space, i) => {
          const value = launch.args[i];
          if (value === undefined) throw new Error(`no argument for ${space.name}`);
          params.get(space.name)?.store(0, { kind: 'u', bits: 8 * space.bytes }, BigInt(value));
        });
        threads.push({
          frames: [newFrame(code, params)],
          special: specialOf(launch, block, [x, y, z]),
          waiting: false,
        });
      }
    }
  }
  return threads;
}

function specialOf(
  launch: Launch,
  block: readonly [number, number, number],
  thread: readonly [number, number, number],
): Record<string, number> {
  const special: Record<string, number> = {};
  ['.x', '.y', '.z'].forEach((axis, i) => {
    special[`%tid${axis}`] = thread[i] ?? 0;
    special[`%ntid${axis}`] = launch.block[i] ?? 1;
    special[`%ctaid${axis}`] = block[i] ?? 0;
    special[`%nctaid${axis}`] = launch.grid[i] ?? 1;
  });
  return special;
}

/** Runs a thread to its end or to its next barrier. */
function run(thread: Thread, state: BlockState): void {
  for (let steps = 0; !thread.waiting; steps++) {
    if (steps > 1_000_000) throw new Error('the kernel does not end');
    const frame = thread.frames[thread.frames.length - 1];
    if (frame === undefined) return;
    const instruction = frame.code.instructions[frame.pc++];
    if (instruction === undefined) thread.frames.pop();
    else if (enabled(instruction, frame)) execute(instruction, thread, frame, state);
  }
}

function enabled({ guard }: Instruction, frame: Frame): boolean {
  if (guard === undefined) return true;
  return (Number(frame.registers.get(guard.register) ?? 0) === 1) !== guard.negated;
}
