import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitWidth, packBits } from './pack-bits.ts';

/** The definition: bit b of value i is bit i * width + b of the output. */
function packedByDefinition(values: readonly number[], width: number): number[] {
  const bytes = new Array<number>(Math.ceil((values.length * width) / 8)).fill(0);
  values.forEach((value, i) => {
    for (let b = 0; b < width; b++) {
      const at = i * width + b;
      const bit = Number((BigInt(value) >> BigInt(b)) & 1n);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
    }
  });
  return bytes;
}

it('packs bits as Parquet defines it, at every width', () => {
  const packed = fc
    .integer({ min: 1, max: 53 })
    .chain((width) =>
      fc.tuple(
        fc.constant(width),
        fc.array(fc.integer({ min: 0, max: 2 ** width - 1 }), { minLength: 1, maxLength: 40 }),
      ),
    );
  fc.assert(
    fc.property(packed, ([width, values]) => {
      const target = new Uint8Array(values.length * 8 + 8);
      const end = packBits(Float64Array.from(values), 0, values.length, width, target, 0);
      expect(Array.from(target.subarray(0, end))).toEqual(packedByDefinition(values, width));
    }),
    { numRuns: 500 },
  );
});

it('gives the least width that holds a value', () => {
  expect([0, 1, 2, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 52].map(bitWidth)).toEqual([
    0, 1, 2, 8, 9, 32, 33, 53,
  ]);
});
