import { LithosError, type PtxKernel, type PtxParameter } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import type { ScenarioContext } from './context.ts';
import { parseScenario } from './parse.ts';
import { CONTEXT } from './testing.ts';

const parameters = (...types: string[]): PtxParameter[] =>
  types.map((type, i) => ({ name: `k_param_${i}`, type }));
const kernel = (name: string, types: readonly string[], more: Partial<PtxKernel> = {}) => ({
  name,
  parameters: parameters(...types),
  splitting: { kind: 'splittable' as const },
  staticSharedBytes: 0,
  cooperative: false,
  ...more,
});

const KERNELS: readonly PtxKernel[] = [
  kernel('step', ['.u64', '.u64', '.u32', '.f32']),
  kernel('nothing', []),
  kernel('types', ['.u8', '.s16', '.b32', '.b64', '.f64', '.u64']),
  kernel('structure', ['.b8[16]']),
  kernel('half', ['.f16']),
  kernel('limited', [], { maxThreads: 128, staticSharedBytes: 100 * 1024 }),
  kernel('exact', [], { requiredBlock: [64, 2, 1] }),
  kernel('clusters', [], { splitting: { kind: 'cluster-multiple', clusterBlocks: 4 } }),
  kernel('waits', [], { splitting: { kind: 'whole', reasons: ['line 9: it loops'] } }),
  kernel('barrier', [], { cooperative: true }),
];
const READ: ScenarioContext = { ...CONTEXT, ptxKernels: () => KERNELS };

const STEP =
  '{ kernel: step, grid: [4, 2], block: 32, args: [{ buffer: in }, { buffer: 1MiB }, { u32: 7 }, { f32: 0.5 }] }';

const file = (launches: string, buffers = 'in: 64MiB', rest = ''): string => `\
device: a100-40gb
duration: 10s
tenants:
  - name: mine
    class: be
    workload:
      ptx: kernels/mine.ptx
      buffers: { ${buffers} }
      launches: [${launches}]
${rest}    arrivals: { closed: 1 }
`;

const parse = (text: string, context = READ) => {
  const [tenant] = parseScenario(text, 'dir/own.yaml', context).tenants;
  if (tenant?.workload.kind !== 'ptx') throw new Error('not a PTX workload');
  return tenant.workload;
};

function refusal(text: string, context = READ): string {
  try {
    parse(text, context);
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.code} ${error.message} | ${error.fix}`;
  }
  return 'accepted';
}

describe('a workload of own kernels', () => {
  it('names a file beside the scenario, its buffers and its launches', () => {
    expect(parse(file(STEP))).toEqual({
      kind: 'ptx',
      launch: 'graph',
      work: {
        path: 'dir/kernels/mine.ptx',
        buffers: [{ name: 'in', bytes: 64 * 2 ** 20, fill: { kind: 'zero' } }],
        launches: [
          {
            kernel: 'step',
            grid: [4, 2, 1],
            block: [32, 1, 1],
            sharedBytes: 0,
            arguments: [
              { kind: 'buffer', name: 'in' },
              { kind: 'own-buffer', bytes: 2 ** 20 },
              { kind: 'u32', value: 7 },
              { kind: 'f32', value: 0.5 },
            ],
            repeat: 1,
            whole: false,
            module: { splitting: { kind: 'splittable' }, staticSharedBytes: 0 },
          },
        ],
      },
    });
  });

  it('reads what buffers hold at first', () => {
    const buffers =
      'in: { size: 1KiB, fill: random, type: f32, seed: 7 }, b: { size: 8B, fill: iota, type: u32 }, c: { size: 1GB }, d: { size: 4B, fill: random, type: f64 }';
    const launch = STEP.replace('1MiB', 'b');
    const others = launch
      .replace('{ buffer: in }', '{ buffer: c }')
      .replace('buffer: b', 'buffer: d');
    expect(parse(file(`${launch}, ${others}`, buffers)).work.buffers).toEqual([
      { name: 'in', bytes: 1024, fill: { kind: 'random', type: 'f32', seed: 7 } },
      { name: 'b', bytes: 8, fill: { kind: 'iota', type: 'u32' } },
      { name: 'c', bytes: 1e9, fill: { kind: 'zero' } },
      { name: 'd', bytes: 4, fill: { kind: 'random', type: 'f64', seed: 1 } },
    ]);
  });

  it('reads arguments exactly', () => {
    const types = (...args: string[]): string =>
      `{ kernel: types, grid: 1, block: 1, args: [${args.map((a) => `{ ${a} }`).join(', ')}] }, ${STEP}`;
    const given = types(
      'u8: 0xff',
      's16: -32768',
      'f32: -1.5e-3',
      's64: -9223372036854775808',
      'f64: 1e300',
      'u64: 18446744073709551615',
    );
    expect(parse(file(given)).work.launches[0]?.arguments).toEqual([
      { kind: 'u8', value: 255 },
      { kind: 's16', value: -32768 },
      { kind: 'f32', value: -0.0015 },
      { kind: 's64', value: -(2n ** 63n) },
      { kind: 'f64', value: 1e300 },
      { kind: 'u64', value: 2n ** 64n - 1n },
    ]);
  });

  it('takes launches as they are stated where the module cannot be read', () => {
    const { work } = parse(file(STEP.replace('step', 'unheard_of')), CONTEXT);
    expect(work.launches[0]).toMatchObject({ kernel: 'unheard_of' });
    expect(work.launches[0]?.module).toBeUndefined();
  });

  it.each(["''", 'a b', '1x', "'%'", 'k<int>'])(
    'refuses the name %s also where the module cannot be read',
    (name) => {
      const text = file(STEP.replace('kernel: step', `kernel: ${name}`));
      expect(refusal(text, CONTEXT)).toContain('is no name that PTX knows');
    },
  );

  it('keeps what the module says, and what the scenario says beyond it', () => {
    const launches = `{ kernel: waits, grid: 1, block: 1, whole: false }, { kernel: nothing, grid: 1, block: 1, whole: true, registers: 40, repeat: 3, time: 1.2ms, shared: 16KiB }, ${STEP}`;
    const { work } = parse(file(launches));
    expect(work.launches[0]).toMatchObject({
      whole: false,
      module: { splitting: { kind: 'whole' } },
    });
    expect(work.launches[1]).toMatchObject({
      whole: true,
      registers: 40,
      repeat: 3,
      timeNs: 1_200_000,
      sharedBytes: 16_384,
      arguments: [],
    });
  });

  it('counts the buffers as memory of the device', () => {
    const two = STEP.replace('1MiB', '20GB');
    expect(refusal(file(two, 'in: 30GB'))).toContain(
      'E_SCENARIO_MEMORY dir/own.yaml:4:3: tenants: the tenants need 50.0 GB, and a100-40gb has 40.0 GB (mine 50.0 GB)',
    );
  });

  it('needs times where it is simulated, and only there', () => {
    const simulated = { ...READ, simulated: true };
    expect(refusal(file(STEP), simulated)).toBe(
      "E_SCENARIO_PTX dir/own.yaml:9:18: tenants[0].workload.launches[0]: the simulator cannot tell how long kernel 'step' takes | add time: 1.2ms (its device time, alone on the whole GPU), or run it on one with --backend hw",
    );
    expect(refusal(file(STEP.replace('block: 32', 'block: 32, time: 2ms')), simulated)).toBe(
      'accepted',
    );
  });

  it("says where a module that cannot be read is named, in the reader's words", () => {
    const fails: ScenarioContext = {
      ...CONTEXT,
      ptxKernels: (path) => {
        throw new LithosError('E_PTX_FILE', `cannot read ${path}`, 'look for it');
      },
    };
    expect(refusal(file(STEP), fails)).toBe(
      'E_PTX_FILE dir/own.yaml:7:12: tenants[0].workload.ptx: cannot read dir/kernels/mine.ptx | look for it',
    );
  });
});

/** What is replaced in a file, by what, and what the refusal says. */
const EDITS: readonly (readonly [from: string, to: string, refusal: string])[] = [
  [
    'kernels/mine.ptx',
    'mine.cu',
    "'mine.cu' does not end with .ptx | give a file of PTX text, such as nvcc -ptx makes of a .cu file",
  ],
  ['ptx: kernels/mine.ptx', 'ptx:', 'no value is given'],
  ['ptx: kernels/mine.ptx', 'ptx: [a.ptx]', 'a list is not a single value'],
  [
    '      ptx:',
    '      engine: x\n      ptx:',
    "engine: goes with 'model', and not with 'ptx' | remove engine",
  ],
  [
    '      ptx:',
    '      profile: resnet50-b8\n      ptx:',
    "'profile' is given already | keep one of profile and ptx",
  ],
  ['launches: [', 'launchs: [', "unknown key 'launchs' | did you mean 'launches'?"],
  [
    'kernel: step',
    'kernel: stepp',
    "unknown kernel 'stepp' | did you mean 'step'? See `lithos hw ptx dir/kernels/mine.ptx`",
  ],
  ['kernel: step, ', '', "'kernel' is missing"],
  ['grid: [4, 2], ', '', "'grid' is missing | add grid: [128, 1, 1]"],
  ['grid:', 'gird:', "unknown key 'gird' | did you mean 'grid'?"],
  ['[4, 2]', '[0, 2]', "'0' is too small | write a whole number from 1 to 2147483647"],
  ['[4, 2]', '[-4, 2]', "'-4' is negative"],
  ['[4, 2]', '[1.5]', "'1.5' is not a whole number"],
  ['[4, 2]', '[.nan]', "'.nan' is not a number"],
  ['[4, 2]', '[1e30]', "'1e30' is too large"],
  [
    '[4, 2]',
    '[2147483647, 2]',
    'a grid of 4294967294 blocks is too large | make it at most 2147483647 blocks',
  ],
  ['[4, 2]', '[1, 65536]', "'65536' is too large | write a whole number from 1 to 65535"],
  ['[4, 2]', '[1, 1, 1, 1]', '4 dimensions are too many'],
  ['[4, 2]', '[]', 'the list is empty'],
  ['[4, 2]', '{ x: 4 }', 'a mapping is not a single value'],
  ['block: 32', 'block: 1025', "'1025' is too large | write a whole number from 1 to 1024"],
  [
    'block: 32',
    'block: [32, 33]',
    '1056 threads in a block are too many | a block has at most 1024',
  ],
  ['block: 32', 'block: [1, 1, 65]', "'65' is too large | write a whole number from 1 to 64"],
  [
    'block: 32',
    'block: 32, shared: 164KiB',
    '167936 bytes of shared memory are too many | a block has at most 166912 on a100-40gb',
  ],
  ['block: 32', 'block: 32, shared: 100', "'100' has no unit | write 100B, 100KiB or 100MiB"],
  ['block: 32', 'block: 32, shared: 1.5B', "'1.5B' is not a whole number of bytes"],
  ['block: 32', 'block: 32, repeat: 0', "'0' is too small"],
  ['block: 32', 'block: 32, repeat: 10001', "'10001' is too large"],
  ['block: 32', 'block: 32, time: 0s', "'0s' is zero"],
  ['block: 32', 'block: 32, time: 5', "'5' has no unit"],
  ['block: 32', 'block: 32, registers: 256', "'256' is too large"],
  [
    'block: 32',
    'block: [32, 32], registers: 255',
    "dir/own.yaml:9:76: tenants[0].workload.launches[0].registers: a block of 1024 threads with 255 registers each takes 262144, and an SM of a100-40gb has 65536 | write at most 64 for such blocks, as nvcc's --maxrregcount 64 would make it, or make the block smaller",
  ],
  ['block: 32', 'block: 288, registers: 169', 'takes 67584, and an SM of a100-40gb has 65536'],
  ['block: 32', 'block: 32, whole: yes', "'yes' is unknown | write one of true, false"],
  ['{ u32: 7 }', '{ u32: -1 }', "'-1' is too small | write a whole number from 0 to 4294967295"],
  ['{ u32: 7 }', '{ u32: 4294967296 }', "'4294967296' is too large"],
  ['{ u32: 7 }', '{ s32: -2147483649 }', "'-2147483649' is too small"],
  ['{ u32: 7 }', '{ u32: 1.5 }', "'1.5' is not a whole number"],
  ['{ u32: 7 }', '{ u32: .nan }', "'.nan' is not a whole number"],
  ['{ u32: 7 }', '{ u32: }', 'no value is given'],
  [
    '{ u32: 7 }',
    '7',
    'the argument has no type | write what it is: { u32: 512 }, { f32: 0.5 } or { buffer: NAME }',
  ],
  ['{ u32: 7 }', '{ int: 7 }', "unknown key 'int'"],
  ['{ u32: 7 }', '{ u32: 7, f32: 1 }', "'u32' is given already | keep one of u32 and f32"],
  ['{ u32: 7 }', '{}', 'none of buffer, u8'],
  [
    '{ u32: 7 }',
    '{ f32: 7 }',
    "args[2].f32: the kernel's parameter k_param_2 is .u32, and f32 is given | write { u32: … } or { s32: … }",
  ],
  ['{ u32: 7 }', '{ buffer: in }', 'is .u32, and buffer is given'],
  ['{ f32: 0.5 }', '{ u32: 1 }', 'is .f32, and u32 is given | write { f32: … }'],
  ['{ f32: 0.5 }', '{ f32: .inf }', "'.inf' is not a number"],
  ['{ f32: 0.5 }', '{ f32: NaN }', "'NaN' is not a number"],
  ['{ f32: 0.5 }', '{ f32: 1e39 }', "'1e39' is too large for 32 bits"],
  [
    ', { f32: 0.5 }',
    '',
    "kernel 'step' takes 4 arguments (.u64, .u64, .u32, .f32), and 3 are given | give one for each, in the order of the kernel",
  ],
  [
    ', args: [{ buffer: in }, { buffer: 1MiB }, { u32: 7 }, { f32: 0.5 }]',
    '',
    'takes 4 arguments (.u64, .u64, .u32, .f32), and none are given',
  ],
  ['buffer: in', 'buffer: inn', "there is no buffer 'inn' | did you mean 'in'?"],
  ['1MiB', '0', 'the buffer is empty'],
  ['1MiB', '-5MiB', "'-5MiB' is negative"],
  ['1MiB', '5MIB', "'5MIB' has the unknown unit 'MIB'"],
  ['1MiB', '2000GiB', "'2000GiB' is too large"],
  [
    'in: 64MiB',
    'in: 64MiB, out: 1B',
    "buffers.out: no launch takes the buffer 'out' | remove it, or give { buffer: out } as an argument",
  ],
  ['in: 64MiB', 'in: 64', "'64' has no unit"],
  ['in: 64MiB', '2in: 64MiB', "'2in' is not a usable name"],
  ['in: 64MiB', 'in: { fill: zero }', "'size' is missing"],
  ['in: 64MiB', 'in: { size: 1B, fill: ones }', "'ones' is unknown"],
  ['in: 64MiB', 'in: { size: 1B, fill: random }', "'type' is missing | add type: f32"],
  [
    'in: 64MiB',
    'in: { size: 1B, fill: iota, type: f16 }',
    "'f16' is unknown | did you mean 'f32'?",
  ],
  [
    'in: 64MiB',
    'in: { size: 1B, fill: iota, type: u32, seed: 1 }',
    'seed: does not go with fill: iota | remove seed, or change fill',
  ],
  ['in: 64MiB', 'in: { size: 1B, type: u32 }', 'type: does not go with fill: zero'],
  ['in: 64MiB', 'in: { size: 1B, fill: random, type: u32, seed: -1 }', "'-1' is negative"],
];

it.each(EDITS)('refuses %s -> %s', (from, to, expected) => {
  const text = file(STEP);
  expect(text).toContain(from);
  expect(refusal(text.replace(from, to))).toContain(expected);
});

/** Launches beside one that is fine, and how they are refused. */
const LAUNCHES: readonly (readonly [launch: string, refusal: string])[] = [
  [
    'kernel: nothing, grid: 1, block: 1, args: [{ u32: 1 }]',
    "kernel 'nothing' takes no arguments, and 1 is given | remove args",
  ],
  [
    'kernel: structure, grid: 1, block: 1, args: [{ u64: 1 }]',
    'is .b8[16], and u64 is given | change the kernel',
  ],
  [
    'kernel: half, grid: 1, block: 1, args: [{ f32: 1 }]',
    'is .f16, and f32 is given | change the kernel',
  ],
  [
    'kernel: limited, grid: 1, block: 129',
    "129 threads in a block are too many | kernel 'limited' allows at most 128",
  ],
  [
    'kernel: limited, grid: 1, block: 1, shared: 100KiB',
    '102400 and its own 102400 bytes of shared memory are too many',
  ],
  [
    'kernel: exact, grid: 1, block: 128',
    "kernel 'exact' demands blocks of 64x2x1 threads (.reqntid) | write block: [64, 2, 1]",
  ],
  [
    'kernel: clusters, grid: 6, block: 1',
    "kernel 'clusters' has clusters of 4 blocks along x, and the grid has 6 | make it a multiple of 4",
  ],
  [
    'kernel: barrier, grid: 1, block: 1',
    "kernel 'barrier' synchronises its grid, which takes a cooperative launch, and none is made here",
  ],
  ['kernel: nothing, grid: 1, block: 1, repeat: 10000', 'a request of 10001 launches is too long'],
];

it.each(LAUNCHES)('refuses a launch { %s }', (launch, expected) => {
  expect(refusal(file(`${STEP}, { ${launch} }`))).toContain(expected);
});

it.each([
  'kernel: nothing, grid: 1, block: 1, args: []',
  'kernel: nothing, grid: 1, block: 1024, registers: 64',
  'kernel: nothing, grid: 1, block: [257], registers: 168',
  'kernel: nothing, grid: 1, block: 256, registers: 255',
  'kernel: limited, grid: 65535, block: [128, 1, 1], shared: 63KiB',
  'kernel: exact, grid: 1, block: [64, 2, 1]',
  'kernel: clusters, grid: [8, 3, 2], block: 1',
  'kernel: nothing, grid: [2147483647, 1, 1], block: [1, 16, 64]',
])('takes a launch { %s }', (launch) => {
  expect(refusal(file(`${STEP}, { ${launch} }`))).toBe('accepted');
});
