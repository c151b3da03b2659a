import type { PtxArgument, PtxKernel, PtxParameter } from '@lithos/core';
import { nearest } from '@lithos/core';
import { readBufferSize } from './ptx-buffers.ts';
import { floatReader, wholeReader } from './scalar.ts';
import type { Entry } from './source.ts';

const SCALARS = ['u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64'] as const;
type Scalar = (typeof SCALARS)[number];
const KINDS = ['buffer', ...SCALARS] as const;
type Kind = (typeof KINDS)[number];

/** Names that arguments may refer to. */
export interface ArgumentScope {
  /** Of the workload's buffers. */
  readonly buffers: readonly string[];
  /** Told of each buffer that is referred to. */
  used(name: string): void;
}

/** Reads `args`, and checks them against the kernel's parameters where these are known. */
export function readArguments(
  entry: Entry | undefined,
  launch: Entry,
  kernel: PtxKernel | undefined,
  scope: ArgumentScope,
): readonly PtxArgument[] {
  const items = entry?.list(0) ?? [];
  if (kernel !== undefined && items.length !== kernel.parameters.length) {
    const { name, parameters } = kernel;
    const types = parameters.map(({ type }) => type).join(', ');
    const takes =
      parameters.length === 0 ? 'no arguments' : `${plural(parameters.length)} (${types})`;
    const given = items.length === 0 ? 'none' : items.length;
    (entry ?? launch).fail(
      'E_SCENARIO_PTX',
      `kernel '${name}' takes ${takes}, and ${given} ${given === 1 ? 'is' : 'are'} given`,
      parameters.length === 0 ? 'remove args' : 'give one for each, in the order of the kernel',
    );
  }
  return items.map((item, i) => readArgument(item, kernel?.parameters[i], scope));
}

const plural = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;

function readArgument(
  entry: Entry,
  parameter: PtxParameter | undefined,
  scope: ArgumentScope,
): PtxArgument {
  if (!entry.isMap) {
    const write = 'write what it is: { u32: 512 }, { f32: 0.5 } or { buffer: NAME }';
    entry.fail('E_SCENARIO_SHAPE', 'the argument has no type', write);
  }
  const { key, value } = entry.map(KINDS).oneKey(KINDS);
  if (parameter !== undefined) checkType(value, key, parameter);
  return key === 'buffer' ? readBufferArgument(value, scope) : readScalar(value, key);
}

/** A name, or the size of a buffer that this argument has for itself. */
function readBufferArgument(entry: Entry, { buffers, used }: ArgumentScope): PtxArgument {
  const text = entry.text();
  if (!/^[A-Za-z]/.test(text)) return { kind: 'own-buffer', bytes: readBufferSize(entry) };
  if (buffers.includes(text)) {
    used(text);
    return { kind: 'buffer', name: text };
  }
  const guess = nearest(text, buffers);
  entry.fail(
    'E_SCENARIO_NAME',
    `there is no buffer '${text}'`,
    guess === undefined ? `add it to buffers: ${text}: 64MiB` : `did you mean '${guess}'?`,
  );
}

function readScalar(entry: Entry, kind: Scalar): PtxArgument {
  switch (kind) {
    case 'f32':
      return { kind, value: entry.quantity(floatReader(32)) };
    case 'f64':
      return { kind, value: entry.quantity(floatReader(64)) };
    case 'u64':
    case 's64':
      return { kind, value: readWhole(entry, kind) };
    default:
      return { kind, value: Number(readWhole(entry, kind)) };
  }
}

function readWhole(entry: Entry, kind: Scalar): bigint {
  const bits = BigInt(kind.slice(1));
  const range: readonly [bigint, bigint] =
    kind[0] === 'u' ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  return entry.quantity(wholeReader(...range));
}

/**
 * What may be given for a parameter. PTX does not tell signed from unsigned ones reliably (nvcc writes
 * `.u32` for an int), nor pointers from 64-bit numbers.
 */
const FITS: Readonly<Record<string, readonly Kind[]>> = {
  '8': ['u8', 's8'],
  '16': ['u16', 's16'],
  '32': ['u32', 's32'],
  '64': ['buffer', 'u64', 's64'],
};

function checkType(entry: Entry, kind: Kind, { name, type }: PtxParameter): void {
  const [, letter = '', bits = ''] = /^\.([usfb])(8|16|32|64)$/.exec(type) ?? [];
  const floats: readonly Kind[] = bits === '32' ? ['f32'] : bits === '64' ? ['f64'] : [];
  const integers = letter === 'f' ? [] : (FITS[bits] ?? []);
  const fits = letter === 'f' || letter === 'b' ? [...integers, ...floats] : integers;
  if (fits.includes(kind)) return;
  entry.fail(
    'E_SCENARIO_PTX',
    `the kernel's parameter ${name} is ${type}, and ${kind} is given`,
    fits.length === 0
      ? 'change the kernel: scenarios give integers, floats of 32 and 64 bits, and buffers'
      : `write ${fits.map((one) => `{ ${one}: … }`).join(' or ')}`,
  );
}
