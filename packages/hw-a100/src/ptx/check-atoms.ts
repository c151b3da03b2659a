import koffi from 'koffi';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { atomParameters, cutMultiple } from './atoms.ts';
import { type AtomCase, atomCases, clusterCases, contents, ranges } from './cases.ts';
import { type SplitModule, splitPtx } from './split.ts';
import { testModule } from './test-modules.ts';

/** One kernel on one grid, run whole as it was written and then in atoms. */
export interface AtomCheck {
  readonly kernel: string;
  readonly grid: readonly [number, number, number];
  readonly atoms: number;
  /** All that the kernel wrote has the same bits. */
  readonly equal: boolean;
}

const GRIDS = [
  [1, 1, 1],
  [3, 2, 2],
  [17, 5, 3],
  [64, 9, 4],
] as const;

/** Ways in which each grid is cut: in single blocks (small grids), at random, not at all. */
const RANDOM_CUTS = [0, 1, 3, 9];

/**
 * Runs every test kernel that may be cut on the GPU: whole, from the module as nvcc made it, and in
 * atoms, from the rewritten one; and compares the bits of all buffers. The primary context is current.
 */
export function checkAtoms(cuda: Cuda, computeMajor: number): AtomCheck[] {
  const modules = new Map<string, LoadedModule>();
  const moduleOf = (name: string): LoadedModule => {
    const known = modules.get(name) ?? loadModule(cuda, name);
    modules.set(name, known);
    return known;
  };
  const stream = cuda.createStream(0);
  const checks: AtomCheck[] = [];
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  try {
    for (const size of GRIDS) {
      const cases = [...atomCases(size), ...(computeMajor >= 9 ? clusterCases(size) : [])];
      for (const test of cases) {
        const module = moduleOf(test.module);
        const whole = resultOf(cuda, stream, module, test, undefined);
        for (const atoms of waysToCut(test, module.split, random)) {
          const cut = resultOf(cuda, stream, module, test, atoms);
          const equal = cut.every((buffer, i) => sameBits(buffer, whole[i]));
          checks.push({ kernel: test.kernel, grid: test.grid, atoms: atoms.length, equal });
        }
      }
    }
  } finally {
    cuda.destroyStream(stream);
    for (const { original, rewritten } of modules.values()) {
      cuda.unloadModule(original);
      cuda.unloadModule(rewritten);
    }
  }
  return checks;
}

interface LoadedModule {
  readonly split: SplitModule;
  readonly original: Handle;
  readonly rewritten: Handle;
}

function loadModule(cuda: Cuda, name: string): LoadedModule {
  const source = testModule(name);
  const split = splitPtx(source);
  return { split, original: cuda.loadModule(source), rewritten: cuda.loadModule(split.ptx) };
}

function waysToCut(
  test: AtomCase,
  module: SplitModule,
  random: (below: number) => number,
): [number, number][][] {
  const splitting = module.kernels.get(test.kernel)?.splitting;
  const multiple = splitting === undefined ? undefined : cutMultiple(splitting, test.grid);
  if (multiple === undefined) throw new Error(`${test.kernel} cannot be cut`);
  const units = (test.grid[0] * test.grid[1] * test.grid[2]) / multiple;
  const ways = RANDOM_CUTS.map((count) => Array.from({ length: count }, () => random(units)));
  if (units <= 64) ways.push(Array.from({ length: units }, (_, i) => i));
  return ways.map((cuts) =>
    ranges(
      units * multiple,
      cuts.map((cut) => cut * multiple),
    ),
  );
}

/** What a case's buffers hold after it ran whole (original module) or in atoms (rewritten). */
function resultOf(
  cuda: Cuda,
  stream: Handle,
  module: LoadedModule,
  test: AtomCase,
  atoms: readonly [number, number][] | undefined,
): Uint32Array[] {
  const handle = atoms === undefined ? module.original : module.rewritten;
  const buffers: { address: Handle; words: number }[] = [];
  const buffer = (data: Uint32Array): Handle => {
    const address = cuda.alloc(4 * data.length);
    buffers.push({ address, words: data.length });
    cuda.upload(address, data);
    return address;
  };
  try {
    const args = test.args.map((argument) =>
      typeof argument === 'number' ? argument : buffer(contents(argument.words, argument.fill)),
    );
    const fn = cuda.moduleFunction(handle, test.kernel);
    const [bx, by, bz] = test.block;
    const shared = test.sharedBytes;
    const launch = (
      kernel: Handle,
      grid: readonly number[],
      block: readonly number[],
      bytes: number,
      values: readonly (number | bigint)[],
    ) => {
      const table = argumentTable(values);
      const [gx = 1, gy = 1, gz = 1] = grid;
      const [tx = 1, ty = 1, tz = 1] = block;
      cuda.launchKernel(kernel, gx, gy, gz, tx, ty, tz, bytes, stream, table.address);
      // The driver has copied the arguments; the table lives until here.
      return table;
    };
    if (atoms === undefined) launch(fn, test.grid, [bx, by, bz], shared, args);
    for (const [first, count] of atoms ?? []) {
      const added = atomParameters(test.grid, first);
      launch(fn, [count, 1, 1], [bx, by, bz], shared, [...args, ...added]);
    }
    const { readBack } = test;
    if (readBack !== undefined) {
      const out = buffer(new Uint32Array(readBack.words));
      const blocks = Math.ceil(readBack.words / 32);
      const added = atoms === undefined ? [] : atomParameters([blocks, 1, 1], 0);
      const reader = cuda.moduleFunction(handle, readBack.kernel);
      launch(reader, [blocks, 1, 1], [32, 1, 1], 0, [out, ...added]);
    }
    cuda.synchronizeStream(stream);
    return buffers.map(({ address, words }) => {
      const data = new Uint32Array(words);
      cuda.download(data, address);
      return data;
    });
  } finally {
    for (const { address } of buffers) cuda.free(address);
  }
}

/** Addresses are 64-bit, the other arguments of the test kernels 32-bit integers. */
function argumentTable(values: readonly (number | bigint)[]) {
  const memory = new ArrayBuffer(Math.max(16, 16 * values.length));
  const view = new DataView(memory);
  const base = koffi.address(memory);
  values.forEach((value, i) => {
    view.setBigUint64(8 * i, BigInt(value), true);
    view.setBigUint64(8 * (values.length + i), base + BigInt(8 * i), true);
  });
  return { memory, address: base + BigInt(8 * values.length) };
}

function sameBits(a: Uint32Array, b: Uint32Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((word, i) => word === b[i]);
}
