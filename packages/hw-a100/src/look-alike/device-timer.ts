import { SECOND, type SmLimits } from '@lithos/core';
import koffi from 'koffi';
import { Cleanup } from '../device/cleanup.ts';
import { awaitStream } from '../device/hang.ts';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { FUNCTION_ATTRIBUTE } from '../driver/cuda-prototypes.ts';
import { BUFFER_UNITS } from './calibration.ts';
import {
  type LookAlikeKernel,
  mostDynamicSharedMemory,
  REGISTER_CLASSES,
  rowUnits,
  slotsPerThread,
  span,
  turnsPerWarp,
} from './kernel.ts';
import { lookAlikeModule } from './plans.ts';
import type { LookAlikeTimer } from './timer.ts';

/** What a timer needs to know of an open device. */
export interface TimedDevice {
  readonly cuda: Cuda;
  readonly name: string;
  readonly sm: SmLimits;
  readonly sms: number;
  readonly tpcs: number;
  /** A stream confined to the first `tpcs` TPCs; the same one each time. */
  streamOn(tpcs: number): Handle;
}

/** A timer that must be closed: it holds a module, 1 GiB and some buffers. */
export interface DeviceTimer extends LookAlikeTimer {
  /** Period of empty kernels queued one after the other, in ns, as measured at the start. */
  readonly emptyPeriodNs: number;
  /** Device time in ns of these kernels one after the other, once each, without the gaps between them. */
  total(kernels: readonly LookAlikeKernel[], tpcs: number): number;
  close(): void;
}

/** Offsets of a look-alike's parameters: record, begin, buffer, mask, start, blocks, units, writes, behind, slots, turns, more, chain, lead, never. */
const OFFSETS = [0, 8, 16, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 72];
const PARAMETER_BYTES = 80;

/** Time that the host is given to queue a launch while the device is held busy. */
const QUEUEING_NS = 7000;
/** A chain turn takes about this long; it need not be exact. */
const CHAIN_TURN_NS = 9;

/**
 * What a launch queued in a stream takes more than its kernel. The profiles' times are the kernels' own
 * (CUPTI activity records of launches some microseconds apart), ours are periods of launches queued one
 * after the other, as the scheduler runs them. On an H200 the period of kernels without memory work
 * exceeds CUPTI's duration by 870 ns (median; 790 to 1050 over twelve kernels of 1 to 42 us). Kernels
 * that read memory take some 0.3 to 0.8 us longer back to back than apart; that is left in.
 */
const QUEUED_GAP_NS = 870;

/**
 * Measures look-alikes with `%globaltimer` stamps in the stream, before and after some launches of
 * each, which are queued while a kernel in front holds the device: so the host's launch cost is not in.
 */
export function openDeviceTimer(device: TimedDevice): DeviceTimer {
  const cleanup = new Cleanup();
  try {
    return openTimer(device, cleanup);
  } catch (error) {
    cleanup.run();
    throw error;
  }
}

function openTimer(device: TimedDevice, cleanup: Cleanup): DeviceTimer {
  const { cuda } = device;
  const module = cuda.loadModule(lookAlikeModule().ptx);
  cleanup.add(() => cuda.unloadModule(module));
  const functions = new Map<string, Handle>();
  for (const registers of REGISTER_CLASSES) {
    const entry = `look_alike_${registers}`;
    const fn = cuda.moduleFunction(module, entry);
    cuda.setFunctionAttribute(
      fn,
      FUNCTION_ATTRIBUTE.maxDynamicShared,
      mostDynamicSharedMemory(device.sm),
    );
    functions.set(entry, fn);
  }
  const stampFn = cuda.moduleFunction(module, 'look_alike_stamp');
  const buffer = cuda.alloc(16 * BUFFER_UNITS);
  cleanup.add(() => cuda.free(buffer));
  cuda.fill(buffer, 0, 4 * BUFFER_UNITS);
  const stamps = cuda.alloc(8 * MOST_STAMPS);
  cleanup.add(() => cuda.free(stamps));
  const work = parameterBlock(OFFSETS, PARAMETER_BYTES);
  const stamp = parameterBlock([0, 8], 16);
  stamp.view.setBigUint64(0, stamps, true);

  const launch = (kernel: LookAlikeKernel, begin: number, stream: Handle): void => {
    const fn = functions.get(kernel.entry);
    if (fn === undefined) throw new Error(`no entry ${kernel.entry}`);
    const { view } = work;
    view.setUint32(8, begin, true);
    view.setBigUint64(16, buffer, true);
    const turns = turnsPerWarp(kernel, kernel.work);
    const words = [
      BUFFER_UNITS - 1,
      kernel.start,
      kernel.blocks,
      kernel.work.units,
      kernel.work.writes,
      rowUnits(kernel, kernel.work.units),
      slotsPerThread(kernel),
      ...turns,
      kernel.work.chain,
      kernel.work.lead,
    ];
    words.forEach((word, i) => {
      view.setUint32(24 + 4 * i, word, true);
    });
    const { blocks, threads, dynamicSharedMemoryBytes } = kernel;
    cuda.launchKernel(
      fn,
      blocks,
      1,
      1,
      threads,
      1,
      1,
      dynamicSharedMemoryBytes,
      stream,
      work.table,
    );
  };
  const mark = (index: number, stream: Handle): void => {
    stamp.view.setUint32(8, index, true);
    cuda.launchKernel(stampFn, 1, 1, 1, 1, 1, 1, 0, stream, stamp.table);
  };
  const batch = (
    kernels: readonly LookAlikeKernel[],
    repeats: readonly number[],
    stream: Handle,
  ): number[] => {
    let at = 0;
    kernels.forEach((kernel, i) => {
      const times = repeats[i] ?? 1;
      launch(holder((times + 2) * QUEUEING_NS), 0, stream);
      mark(at++, stream);
      for (let k = 0; k < times; k++) {
        const start = (kernel.start + k * span(kernel, kernel.work)) % BUFFER_UNITS;
        launch({ ...kernel, start }, 0, stream);
      }
      mark(at++, stream);
    });
    awaitStream(cuda, stream, 'look-alikes that are timed', LIMIT_NS);
    const read = new BigUint64Array(at);
    cuda.download(read, stamps);
    return kernels.map((_, i) => Number((read[2 * i + 1] ?? 0n) - (read[2 * i] ?? 0n)));
  };
  const between = (stream: Handle): number => {
    const rounds = 64;
    launch(holder(rounds * QUEUEING_NS), 0, stream);
    for (let i = 0; i <= rounds; i++) mark(i, stream);
    awaitStream(cuda, stream, 'look-alikes that are timed', LIMIT_NS);
    const read = new BigUint64Array(rounds + 1);
    cuda.download(read, stamps);
    return Number((read[rounds] ?? 0n) - (read[0] ?? 0n)) / rounds;
  };
  const empty = between(device.streamOn(device.tpcs));
  return {
    device: device.name,
    kernels: lookAlikeModule().version,
    sm: device.sm,
    sms: device.sms,
    tpcs: device.tpcs,
    emptyPeriodNs: empty,
    time: (kernels, repeats, tpcs) => {
      const stream = device.streamOn(tpcs);
      const result: number[] = [];
      for (let from = 0; from < kernels.length; from += MOST_STAMPS / 2) {
        const some = kernels.slice(from, from + MOST_STAMPS / 2);
        const counts = repeats.slice(from, from + MOST_STAMPS / 2);
        batch(some, counts, stream).forEach((ns, i) => {
          // Between the stamps there is one period more than launches.
          const period = (ns - empty) / (counts[i] ?? 1);
          result.push(Math.max(0, period - QUEUED_GAP_NS));
        });
      }
      return result;
    },
    total: (kernels, tpcs) => {
      const stream = device.streamOn(tpcs);
      launch(holder((kernels.length + 2) * QUEUEING_NS), 0, stream);
      mark(0, stream);
      for (const kernel of kernels) launch(kernel, 0, stream);
      mark(1, stream);
      awaitStream(cuda, stream, 'look-alikes that are timed', LIMIT_NS);
      const read = new BigUint64Array(2);
      cuda.download(read, stamps);
      return Number((read[1] ?? 0n) - (read[0] ?? 0n)) - empty - kernels.length * QUEUED_GAP_NS;
    },
    close: () => {
      const failure = cleanup.run();
      if (failure !== undefined) throw failure;
    },
  };
}

const MOST_STAMPS = 2048;
/** How long one batch may take: 1024 kernels of 50 ms, ns. */
const LIMIT_NS = 60 * SECOND;

/** One block that keeps the stream busy for about this long. */
const holder = (ns: number): LookAlikeKernel => ({
  entry: 'look_alike_32',
  blocks: 1,
  threads: 32,
  dynamicSharedMemoryBytes: 0,
  work: { turns: 0, chain: Math.ceil(ns / CHAIN_TURN_NS), units: 0, writes: 0, lead: 0 },
  start: 0,
});

/** Values of parameters in native memory, and a table of their addresses. */
function parameterBlock(offsets: readonly number[], bytes: number) {
  const memory = new ArrayBuffer(bytes + 8 * offsets.length);
  const view = new DataView(memory);
  const base = koffi.address(memory);
  offsets.forEach((offset, i) => {
    view.setBigUint64(bytes + 8 * i, base + BigInt(offset), true);
  });
  return { view, table: base + BigInt(bytes), memory };
}
