/**
 * Launches of the test kernels that may be cut, as data: the interpreter runs them in tests, and
 * `checkAtoms` on a GPU. Every case writes all that it computes to its buffers.
 */
export interface AtomCase {
  readonly module: 'shapes' | 'reductions' | 'calls' | 'hopper';
  readonly kernel: string;
  readonly grid: Dim;
  readonly block: Dim;
  readonly sharedBytes: number;
  /** Parameters in order: a buffer of so many words and what is in it, or a number. */
  readonly args: readonly CaseArgument[];
  /** A kernel of the module that, run whole afterwards, writes variables of the module to a buffer. */
  readonly readBack?: { readonly kernel: string; readonly words: number };
}

type Dim = readonly [number, number, number];

export type CaseArgument =
  | { readonly words: number; readonly fill: 'zero' | 'integers' | 'floats' }
  | number;

/** Every kernel that may be cut, on a grid of this many blocks along each axis that it has. */
export function atomCases([x, y, z]: Dim): AtomCase[] {
  const threads = 32 * x;
  const zero = (words: number) => ({ words, fill: 'zero' }) as const;
  const integers = (words: number) => ({ words, fill: 'integers' }) as const;
  const floats = (words: number) => ({ words, fill: 'floats' }) as const;
  const flat = { grid: [x, 1, 1], block: [32, 1, 1], sharedBytes: 0 } as const;
  const cube = { grid: [x, y, z], block: [4, 2, 2], sharedBytes: 0 } as const;
  const side = 8 * x;
  const cells = 4 * x * 2 * y * 2 * z;
  const shapes = { module: 'shapes' } as const;
  const reductions = { module: 'reductions' } as const;
  const calls = { module: 'calls' } as const;
  return [
    { ...shapes, ...flat, kernel: 'fill_1d', args: [zero(threads), threads - 3] },
    { ...shapes, ...flat, kernel: 'early_return', args: [zero(threads), threads - 3] },
    {
      ...shapes,
      ...flat,
      kernel: 'grid_stride',
      args: [floats(3 * threads), zero(3 * threads), 3 * threads - 5],
    },
    {
      ...shapes,
      kernel: 'transpose_2d',
      grid: [x, y, 1],
      block: [8, 8, 1],
      sharedBytes: 0,
      args: [floats(64 * x * y), zero(64 * x * y), 8 * x, 8 * y],
    },
    {
      ...shapes,
      ...cube,
      kernel: 'stencil_3d',
      args: [floats(cells), zero(cells), 4 * x, 2 * y, 2 * z],
    },
    {
      ...shapes,
      kernel: 'matmul_tiled',
      grid: [x, x, 1],
      block: [8, 8, 1],
      sharedBytes: 0,
      args: [floats(side * side), floats(side * side), zero(side * side), side],
    },
    {
      ...shapes,
      ...flat,
      kernel: 'no_parameters',
      args: [],
      readBack: { kernel: 'copy_cells', words: 4096 },
    },
    { ...reductions, ...flat, kernel: 'histogram', args: [integers(threads), zero(16), threads] },
    {
      ...reductions,
      ...flat,
      sharedBytes: 128,
      kernel: 'block_sums',
      args: [floats(threads), zero(x), threads - 7],
    },
    { ...reductions, ...flat, kernel: 'float_max', args: [floats(threads), zero(1), threads] },
    {
      ...reductions,
      ...flat,
      kernel: 'last_block_sum',
      args: [integers(threads), zero(x), zero(1), threads],
    },
    { ...calls, ...cube, kernel: 'nested_calls', args: [zero(cells), cells - 3] },
    { ...calls, ...flat, kernel: 'plain_call', args: [zero(threads), threads - 3] },
    { ...calls, ...cube, kernel: 'recursion', args: [zero(x * y * z)] },
  ];
}

/** Kernels with clusters, for devices of compute capability 9.0: cut at multiples of two blocks. */
export function clusterCases([x, y]: Dim): AtomCase[] {
  const words = 2 * x * y;
  return [
    {
      module: 'hopper',
      kernel: 'cluster_pair',
      grid: [2 * x, y, 1],
      block: [32, 1, 1],
      sharedBytes: 0,
      args: [{ words, fill: 'zero' }],
    },
  ];
}

/** Deterministic contents of a case's buffer. */
export function contents(words: number, fill: 'zero' | 'integers' | 'floats'): Uint32Array {
  const data = new Uint32Array(words);
  if (fill === 'zero') return data;
  const floats = new Float32Array(data.buffer);
  let state = 12345;
  for (let i = 0; i < words; i++) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (fill === 'integers') data[i] = state >>> 20;
    else floats[i] = (state >>> 8) / 65536;
  }
  return data;
}

/** Consecutive ranges of blocks, `[first, count]` each, that end at the given cuts. */
export function ranges(blocks: number, cuts: readonly number[]): [number, number][] {
  const ends = [...new Set(cuts.filter((cut) => cut > 0 && cut < blocks)), blocks];
  ends.sort((a, b) => a - b);
  let first = 0;
  return ends.map((end) => {
    const range: [number, number] = [first, end - first];
    first = end;
    return range;
  });
}
