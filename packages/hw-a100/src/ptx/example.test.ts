import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atomParameters } from './atoms.ts';
import { ranges } from './cases.ts';
import { splitPtx } from './split.ts';
import { type Machine, machineFor } from './testing/interpreter.ts';

const FILE = '../../../../experiments/scenarios/hardware/kernels/heat.ptx';
const source = readFileSync(new URL(FILE, import.meta.url), 'utf8');
const split = splitPtx(source);

/** 0.1 as the bits of a 32-bit float: how the interpreter keeps registers. */
const RATE = new Uint32Array(Float32Array.of(0.1).buffer)[0] ?? 0;
const SIDE = [9, 6, 5] as const;
const CELLS = SIDE[0] * SIDE[1] * SIDE[2];

/** What a machine's memory holds after two steps and a sum; each launch in the ranges given for it. */
function memoryAfter(text: string, cuts: readonly number[] | undefined): Uint8Array {
  const machine = machineFor(text);
  const [now, next, sums] = [CELLS, CELLS, 64].map((words) => machine.alloc(4 * words));
  if (now === undefined || next === undefined || sums === undefined) throw new Error('no memory');
  const cells = Float32Array.from({ length: CELLS }, (_, i) => Math.sin(i) + 1);
  machine.global.bytes.set(new Uint8Array(cells.buffer), now - 4096);
  const step = { grid: [3, 2, 3], block: [4, 4, 2], args: [...SIDE, RATE] } as const;
  run(machine, 'heat_step', { ...step, args: [now, next, ...step.args] }, cuts);
  run(machine, 'heat_step', { ...step, args: [next, now, ...step.args] }, cuts);
  const sum = { grid: [9, 1, 1], block: [32, 1, 1], sharedBytes: 128 } as const;
  run(machine, 'heat_sums', { ...sum, args: [now, sums, CELLS] }, cuts);
  return machine.global.bytes;
}

function run(
  machine: Machine,
  kernel: string,
  launch: Parameters<Machine['launch']>[1],
  cuts: readonly number[] | undefined,
): void {
  if (cuts === undefined) {
    machine.launch(kernel, launch);
    return;
  }
  const [x, y, z] = launch.grid;
  for (const [first, count] of ranges(x * y * z, cuts)) {
    const args = [...launch.args, ...atomParameters(launch.grid, first)];
    machine.launch(kernel, { ...launch, grid: [count, 1, 1], args });
  }
}

it('may all be cut', () => {
  const kinds = [...split.kernels.values()].map(({ splitting }) => splitting.kind);
  expect(kinds).toEqual(['splittable', 'splittable']);
});

it("computes the same bits, whole and cut anywhere: the example scenario's kernels", () => {
  const whole = memoryAfter(source, undefined);
  const floats = new Float32Array(whole.buffer, 0, CELLS);
  expect(floats.every(Number.isFinite)).toBe(true);
  expect(new Set(floats).size).toBeGreaterThan(CELLS / 2);
  fc.assert(
    fc.property(fc.array(fc.nat(18), { maxLength: 6 }), (cuts) => {
      expect(Buffer.compare(memoryAfter(split.ptx, cuts), whole)).toBe(0);
    }),
    { numRuns: 30 },
  );
});

it('moves heat as the formula says', () => {
  const bytes = memoryAfter(source, undefined);
  const next = new Float32Array(bytes.slice(4096 - 4096 + Math.ceil((4 * CELLS) / 16) * 16).buffer);
  const [nx, ny] = SIDE;
  const at = (x: number, y: number, z: number): number => z * nx * ny + y * nx + x;
  const cell = (i: number): number => Math.fround(Math.sin(i) + 1);
  const i = at(4, 3, 2);
  const around =
    cell(i - 1) + cell(i + 1) + cell(i - nx) + cell(i + nx) + cell(i - nx * ny) + cell(i + nx * ny);
  expect(next[i]).toBeCloseTo(cell(i) + 0.1 * (around - 6 * cell(i)), 5);
  expect(next[at(0, 3, 2)]).toBe(cell(at(0, 3, 2)));
});
