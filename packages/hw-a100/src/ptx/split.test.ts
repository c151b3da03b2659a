import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomParameters } from './atoms.ts';
import { type AtomCase, atomCases, contents, ranges } from './cases.ts';
import { splitPtx } from './split.ts';
import { testModule } from './test-modules.ts';
import { machineFor } from './testing/interpreter.ts';

const split = new Map<string, string>();
for (const name of ['shapes', 'reductions', 'calls']) {
  split.set(name, splitPtx(testModule(name)).ptx);
}

/** All memory after a case ran in the given ranges of blocks, or, without ranges, unsplit. */
function memoryAfter(test: AtomCase, atoms: readonly [number, number][] | undefined): Uint8Array {
  const source = atoms === undefined ? testModule(test.module) : split.get(test.module);
  const machine = machineFor(source ?? '');
  const args = test.args.map((argument) => {
    if (typeof argument === 'number') return argument;
    const at = machine.alloc(4 * argument.words);
    const data = contents(argument.words, argument.fill);
    machine.global.bytes.set(new Uint8Array(data.buffer), at - 4096);
    return at;
  });
  const { kernel, grid, block, sharedBytes } = test;
  if (atoms === undefined) machine.launch(kernel, { grid, block, sharedBytes, args });
  for (const [first, count] of atoms ?? []) {
    const added = atomParameters(grid, first);
    machine.launch(kernel, { grid: [count, 1, 1], block, sharedBytes, args: [...args, ...added] });
  }
  return machine.global.bytes;
}

describe('kernels in atoms', () => {
  it.each(atomCases([3, 2, 2]).map((test) => [test.kernel, test] as const))(
    '%s writes the same bits, whole and block by block',
    (_, test) => {
      const blocks = test.grid[0] * test.grid[1] * test.grid[2];
      const whole = memoryAfter(test, undefined);
      expect(whole.some((byte) => byte !== 0)).toBe(true);
      expect(Buffer.compare(memoryAfter(test, [[0, blocks]]), whole)).toBe(0);
      const singles = ranges(
        blocks,
        Array.from({ length: blocks }, (_, i) => i),
      );
      expect(Buffer.compare(memoryAfter(test, singles), whole)).toBe(0);
    },
  );

  it('any grid cut anywhere writes the same bits', () => {
    const dims = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(dims, fc.nat(), fc.array(fc.nat(40), { maxLength: 5 }), (grid, pick, cuts) => {
        const cases = atomCases(grid);
        const test = cases[pick % cases.length] as AtomCase;
        const blocks = test.grid[0] * test.grid[1] * test.grid[2];
        const atoms = ranges(blocks, cuts);
        expect(Buffer.compare(memoryAfter(test, atoms), memoryAfter(test, undefined))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('the comparison notices a kernel that is told a wrong first block', () => {
    const [fill] = atomCases([4, 1, 1]);
    if (fill === undefined) throw new Error('no case');
    const wrong: [number, number][] = [
      [0, 2],
      [1, 2],
    ];
    expect(Buffer.compare(memoryAfter(fill, wrong), memoryAfter(fill, undefined))).not.toBe(0);
  });
});
