import type { PtxFill } from '@lithos/core';
import koffi from 'koffi';
import type { Cuda, Handle } from '../driver/cuda.ts';
import type { KernelParameter, KernelPlan } from '../kernels/plan.ts';
import { withCleanup } from './cleanup.ts';
import { contentsOf } from './contents.ts';
import { awaitStream } from './hang.ts';

/**
 * The arguments of one kernel in native memory: values, and a table of their addresses. The driver
 * copies them at each launch, so one of each kernel will do. Offsets of -1: it has no such parameter.
 */
export interface PreparedArguments {
  /** Address of the table. */
  readonly table: Handle;
  readonly view: DataView;
  readonly recordAt: number;
  readonly beginAt: number;
  readonly countAt: number;
}

/** Device memory that kernels share by name; it grows to the largest that is asked for. */
export interface Buffers {
  /** @param fill what it holds at first, by whoever asks first; zero if nothing is said */
  address(name: string, bytes: number, fill?: PtxFill): Handle;
}

/** Lays out the arguments of a plan. */
export function prepareArguments(plan: KernelPlan, buffers: Buffers): PreparedArguments {
  const values = plan.parameters.flatMap((p) => wordsOf(p, plan));
  const bytes = 8 * values.length;
  const memory = new ArrayBuffer(2 * bytes);
  const view = new DataView(memory);
  const base = koffi.address(memory);
  let recordAt = -1;
  let beginAt = -1;
  let countAt = -1;
  values.forEach((value, i) => {
    const at = 8 * i;
    view.setBigUint64(bytes + at, base + BigInt(at), true);
    switch (value.kind) {
      case 'record':
        recordAt = at;
        break;
      case 'block-begin':
        beginAt = at;
        break;
      case 'block-count':
        countAt = at;
        view.setUint32(at, plan.grid[0] * plan.grid[1] * plan.grid[2], true);
        break;
      case 'buffer':
        view.setBigUint64(at, buffers.address(value.name, value.bytes, value.fill), true);
        break;
      case 'u64':
        view.setBigUint64(at, value.value, true);
        break;
      case 'u32':
        view.setUint32(at, value.value, true);
        break;
      case 's32':
        view.setInt32(at, value.value, true);
        break;
      case 'f32':
        view.setFloat32(at, value.value, true);
        break;
      case 'f64':
        view.setFloat64(at, value.value, true);
        break;
    }
  });
  return { table: base + BigInt(bytes), view, recordAt, beginAt, countAt };
}

/** A parameter of a plan as the parameters of the entry that it stands for. */
function wordsOf(
  parameter: KernelParameter,
  plan: KernelPlan,
): readonly Exclude<KernelParameter, { kind: 'grid' }>[] {
  if (parameter.kind !== 'grid') return [parameter];
  return plan.grid.map((value) => ({ kind: 'u32', value }));
}

/** Elements that are copied to the device at a time. */
const PART_ELEMENTS = 2 ** 19;

/** The legacy default stream. */
const DEFAULT_STREAM: Handle = 0n;

/** Buffers in device memory, freed together. */
export class DeviceBuffers implements Buffers {
  private readonly cuda: Cuda;
  private readonly known = new Map<string, { address: Handle; bytes: number }>();

  constructor(cuda: Cuda) {
    this.cuda = cuda;
  }

  address(name: string, bytes: number, fill: PtxFill = { kind: 'zero' }): Handle {
    const known = this.known.get(name);
    if (known !== undefined && known.bytes >= bytes) return known.address;
    if (known !== undefined)
      throw new Error(
        `buffer '${name}' was first asked for with ${known.bytes} bytes, now ${bytes}`,
      );
    const words = Math.ceil(bytes / 4);
    const address = this.cuda.alloc(4 * words);
    this.known.set(name, { address, bytes });
    this.cuda.fill(address, 0, words);
    if (fill.kind !== 'zero') this.upload(address, bytes, fill);
    // The default stream fills it, and ours do not wait for that one.
    awaitStream(this.cuda, DEFAULT_STREAM, `filling buffer '${name}'`);
    return address;
  }

  free(): void {
    withCleanup((all) => {
      for (const { address } of this.known.values()) all.add(() => this.cuda.free(address));
    });
    this.known.clear();
  }

  /** Copies contents in parts; bytes that are no whole element stay zero. */
  private upload(address: Handle, bytes: number, fill: Exclude<PtxFill, { kind: 'zero' }>): void {
    const contents = contentsOf(fill, PART_ELEMENTS);
    const elements = Math.floor(bytes / contents.elementBytes);
    for (let first = 0; first < elements; first += PART_ELEMENTS) {
      const part = contents.part(first, Math.min(PART_ELEMENTS, elements - first));
      this.cuda.upload(address + BigInt(first * contents.elementBytes), part);
    }
  }
}
