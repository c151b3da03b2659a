import type { Ns } from '@lithos/core';
import koffi from 'koffi';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { awaitStream, hang, isHang } from './hang.ts';
import { hostNs } from './host-clock.ts';

/** Rounds of question and answer; the quickest counts. */
const ROUNDS = 200;
/** How long an answer may take, ns: a host that has much else to do may be late with its question. */
const PATIENCE_NS = 5_000_000_000;
/** Completions are watched for drift in windows of this length, if there are enough of them. */
const WINDOW_NS = 200_000_000;
const ENOUGH = 50;

/**
 * Maps `%globaltimer` to host time. They are compared once by question and answer through mapped
 * memory; after that the least time from a kernel's end to the host's noticing it, window by window,
 * shows how the two clocks drift apart.
 */
export class ClockMap {
  /** `%globaltimer` at the comparison, in two words. */
  readonly baseHigh: number;
  readonly baseLow: number;
  /** Half of the quickest round, ns: how far off the comparison may be. */
  readonly uncertaintyNs: number;
  private offset: number;

  private windowEndNs = 0;
  private seen = 0;
  private least = Number.POSITIVE_INFINITY;
  private reference: number | undefined;

  constructor(answer: Comparison) {
    this.baseHigh = answer.gpuHigh;
    this.baseLow = answer.gpuLow;
    this.offset = answer.hostNs;
    this.uncertaintyNs = answer.uncertaintyNs;
  }

  /** Host time of a device time, given as ns after the base. */
  toHost(gpuNs: number): Ns {
    return gpuNs + this.offset;
  }

  /** Notes that the host noticed at `noticed` what had ended at `ended`, mapped. */
  noticed(ended: Ns, noticed: Ns): void {
    const slack = noticed - ended;
    if (slack < 0) {
      this.offset += slack;
      this.least = 0;
    } else if (slack < this.least) this.least = slack;
    this.seen += 1;
    if (noticed < this.windowEndNs) return;
    if (this.seen >= ENOUGH && this.windowEndNs > 0) {
      if (this.reference === undefined) this.reference = this.least;
      else this.offset += this.least - this.reference;
    }
    this.windowEndNs = noticed + WINDOW_NS;
    this.seen = 0;
    this.least = Number.POSITIVE_INFINITY;
  }
}

/** One comparison of the two clocks. */
export interface Comparison {
  readonly gpuHigh: number;
  readonly gpuLow: number;
  readonly hostNs: number;
  readonly uncertaintyNs: number;
}

/** Compares the clocks; `fn` is `lithos_clock` of the port's module. */
export function compareClocks(cuda: Cuda, fn: Handle, stream: Handle): Comparison {
  const pointer = cuda.allocMapped(64);
  let hung = false;
  try {
    const view = new DataView(koffi.view(pointer, 64));
    const memory = new ArrayBuffer(32);
    const table = new DataView(memory);
    const base = koffi.address(memory);
    table.setBigUint64(0, cuda.mappedAddress(pointer), true);
    table.setUint32(8, ROUNDS, true);
    table.setBigUint64(16, base, true);
    table.setBigUint64(24, base + 8n, true);
    cuda.launchKernel(fn, 1, 1, 1, 1, 1, 1, 0, stream, base + 16n);
    const best = ask(view);
    awaitStream(cuda, stream, 'comparing clocks');
    return best;
  } catch (error) {
    hung = isHang(error);
    throw error;
  } finally {
    // To free it waits for the device, which still has the address.
    if (!hung) cuda.freeMapped(pointer);
  }
}

/** The mailbox: u32 question, u32 answer, u64 time of the answer. */
function ask(mailbox: DataView): Comparison {
  let best: Comparison = { gpuHigh: 0, gpuLow: 0, hostNs: 0, uncertaintyNs: Infinity };
  for (let round = 1; round <= ROUNDS; round++) {
    const asked = hostNs();
    mailbox.setUint32(0, round, true);
    while (mailbox.getUint32(4, true) !== round) {
      if (hostNs() - asked > PATIENCE_NS) {
        throw hang('the device does not answer: its first kernel did not start, or hangs');
      }
    }
    const answered = hostNs();
    const uncertaintyNs = (answered - asked) / 2;
    if (uncertaintyNs >= best.uncertaintyNs) continue;
    best = {
      gpuLow: mailbox.getUint32(8, true),
      gpuHigh: mailbox.getUint32(12, true),
      hostNs: asked + uncertaintyNs,
      uncertaintyNs,
    };
  }
  return best;
}
