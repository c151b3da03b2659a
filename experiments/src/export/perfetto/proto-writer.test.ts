import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { ProtoWriter, varintSize } from './proto-writer.ts';

const message = protobuf
  .parse(`syntax = "proto2";
    message M { optional uint64 n = 1; optional double d = 60; optional string s = 16; repeated M m = 3; }`)
  .root.lookupType('M');

interface M {
  readonly n?: number;
  readonly d?: number;
  readonly s?: string;
  readonly m?: readonly M[];
}

const uints = fc.oneof(
  fc.nat(300),
  fc.constantFrom(...Array.from({ length: 53 }, (_, bit) => 2 ** bit)),
  fc.maxSafeNat(),
);
const { tree } = fc.letrec<{ tree: M }>((tie) => ({
  tree: fc.record(
    {
      n: uints,
      d: fc.double({ noNaN: true }),
      s: fc.string({ unit: 'grapheme', maxLength: 200 }),
      m: fc.array(tie('tree'), { maxLength: 3, depthIdentifier: 'm' }),
    },
    { requiredKeys: [] },
  ),
}));

function write(writer: ProtoWriter, { n, d, s, m }: M): void {
  if (n !== undefined) writer.uint(1, n);
  if (d !== undefined) writer.double(60, d);
  if (s !== undefined) writer.text(16, s);
  for (const child of m ?? []) writer.message(3, () => write(writer, child));
}

describe('ProtoWriter', () => {
  it('writes what another implementation reads', () => {
    const writer = new ProtoWriter();
    fc.assert(
      fc.property(tree, (value) => {
        writer.clear();
        write(writer, value);
        const read = message.toObject(message.decode(writer.bytes()), { longs: Number });
        const wanted = message.toObject(message.fromObject(value), { longs: Number });
        expect(read).toEqual(wanted);
      }),
    );
  });

  it('writes the bytes that another implementation writes', () => {
    const value = {
      n: 300,
      s: 'TPC',
      m: [{ n: 2 ** 40 }, { s: 'x'.repeat(127) }, { s: 'x'.repeat(300) }],
    };
    const writer = new ProtoWriter();
    write(writer, { m: [value] });
    // protobufjs writes fields in order of their numbers.
    const inner = message.encode(message.fromObject({ n: value.n })).finish();
    expect(Array.from(writer.bytes().subarray(3, 3 + inner.length))).toEqual(Array.from(inner));
    expect(writer.bytes().length).toBe(
      message.encode(message.fromObject({ m: [value] })).finish().length,
    );
  });

  it('repeats bytes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(40), (before, text, more) => {
        const writer = new ProtoWriter();
        const encode = (value: string): Uint8Array => new TextEncoder().encode(value);
        writer.append(encode(before));
        const start = writer.length;
        writer.append(encode(text));
        writer.repeat(start, more + 1);
        expect(writer.bytes()).toEqual(encode(before + text.repeat(more + 1)));
      }),
    );
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('does not write %d as an unsigned integer', (value) => {
    expect(() => new ProtoWriter().uint(1, value)).toThrow(RangeError);
  });

  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [2 ** 14 - 1, 2],
    [2 ** 14, 3],
    [2 ** 53 - 1, 8],
  ])('%d takes %d bytes', (value, size) => {
    expect(varintSize(value)).toBe(size);
  });
});
