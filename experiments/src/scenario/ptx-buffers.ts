import { PTX_ELEMENTS, type PtxBuffer, type PtxFill } from '@lithos/core';
import { bytesReader, integerReader } from './quantity.ts';
import type { Entry, Mapping } from './source.ts';

/** More than any device has: what exceeds the device is refused with what all tenants need. */
const MAX_BYTES = 2 ** 40;

const FILLS = ['zero', 'iota', 'random'] as const;

/** A buffer as the file states it. */
export interface StatedBuffer {
  readonly buffer: PtxBuffer;
  readonly entry: Entry;
}

/** Reads `buffers`, by name: a size, or a size and what is in it at first. */
export function readBuffers(entry: Entry | undefined): ReadonlyMap<string, StatedBuffer> {
  const stated = new Map<string, StatedBuffer>();
  for (const [name, value] of entry?.named('a name and a size for each, such as in: 64MiB') ?? []) {
    stated.set(name, { buffer: readBuffer(name, value), entry: value });
  }
  return stated;
}

function readBuffer(name: string, entry: Entry): PtxBuffer {
  if (!entry.isMap) return { name, bytes: readBufferSize(entry), fill: { kind: 'zero' } };
  const map = entry.map(['size', 'fill', 'type', 'seed']);
  return { name, bytes: readBufferSize(map.need('size', '64MiB')), fill: readFill(map) };
}

/** Reads the size of a buffer, which is not empty. */
export function readBufferSize(entry: Entry): number {
  const bytes = entry.quantity(bytesReader(MAX_BYTES));
  if (bytes > 0) return bytes;
  entry.fail('E_SCENARIO_VALUE', 'the buffer is empty', 'write a size above zero, such as 64MiB');
}

function readFill(map: Mapping): PtxFill {
  const kind = map.get('fill')?.oneOf(FILLS) ?? 'zero';
  const refuse = (key: string): void => {
    map
      .get(key)
      ?.fail('E_SCENARIO_KEY', `does not go with fill: ${kind}`, `remove ${key}, or change fill`);
  };
  if (kind !== 'random') refuse('seed');
  if (kind === 'zero') {
    refuse('type');
    return { kind };
  }
  const type = map.need('type', 'f32').oneOf(PTX_ELEMENTS);
  if (kind === 'iota') return { kind, type };
  const seed = map.get('seed')?.quantity(integerReader(0, Number.MAX_SAFE_INTEGER)) ?? 1;
  return { kind, type, seed };
}
