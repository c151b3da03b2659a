import { TpcSet } from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { awaitDone, awaitStream } from '../device/hang.ts';
import { hostNs } from '../device/host-clock.ts';
import { Launcher } from '../device/launcher.ts';
import { makeGroups, openDriver } from '../device/open.ts';
import { Records } from '../device/records.ts';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { spinPlan } from '../kernels/spin.ts';

/** What calls of the launch path cost the host, ns: medians over rounds. */
export interface LaunchCosts {
  /** One `cuLaunchKernel` of an empty kernel, from Node, into a plain stream. */
  readonly launchNs: number;
  /** The same into a stream of a green context. */
  readonly greenLaunchNs: number | undefined;
  /** One `cuGraphLaunch` of a graph of 20 empty kernels, and of one. */
  readonly graphLaunchNs: number;
  readonly graphLaunchOneNs: number;
  /** One `cuEventRecord` and one `cuStreamWaitEvent`. */
  readonly recordNs: number;
  readonly waitNs: number;
  /** Launch of an empty kernel until the host sees its completion record. */
  readonly roundTripNs: number;
  /** Making a green context of one TPC with a stream; a graph of 20 kernels. */
  readonly greenContextNs: number | undefined;
  readonly captureNs: number;
  /** Device time from one empty kernel's start to the next one's in a stream, and in a graph. */
  readonly streamPeriodNs: number;
  readonly graphPeriodNs: number;
}

const ROUNDS = 30;
const BATCH = 64;
const NODES = 20;

/** Measures the launch path on a device of its own. */
export function measureLaunchCosts(ordinal = 0): LaunchCosts {
  return withCleanup((cleanup) => {
    const { cuda, device } = openDriver(ordinal, cleanup);
    const launcher = new Launcher(cuda, cleanup);
    const records = new Records(cuda, 4 * BATCH, cleanup);
    const kernel = launcher.prepare(spinPlan(1, 32, 0));
    const stream = cuda.createStream(0);
    cleanup.add(() => cuda.destroyStream(stream));
    const groups = makeGroups(cuda, device, 'tpc');
    const plain = (target: Handle) => (): void => launcher.launch(kernel, target, 0, 1, 0n, 0n);

    const makeGreen = (): { readonly context: Handle; readonly stream: Handle } | undefined => {
      if (groups === undefined) return undefined;
      const context = groups.createContext(TpcSet.range(0, 1));
      cleanup.add(() => cuda.destroyGreenContext(context));
      const own = cuda.createGreenStream(context, 0);
      cleanup.add(() => cuda.destroyStream(own));
      return { context, stream: own };
    };
    const began = hostNs();
    const green = makeGreen();
    const greenContextNs = green === undefined ? undefined : hostNs() - began;

    const capture = (nodes: number, first: Handle, last: Handle): Handle =>
      cuda.captureGraph(stream, () => {
        for (let i = 0; i < nodes; i++) {
          const record = i === 0 ? first : i === nodes - 1 ? last : 0n;
          launcher.launch(kernel, stream, 0, 1, record, 0n);
        }
      });
    const captureBegan = hostNs();
    const graph = capture(NODES, 0n, 0n);
    const captureNs = hostNs() - captureBegan;
    cleanup.add(() => cuda.destroyGraph(graph));
    const one = capture(1, 0n, 0n);
    cleanup.add(() => cuda.destroyGraph(one));
    const event = cuda.createEvent();
    cleanup.add(() => cuda.destroyEvent(event));

    const cost = (act: () => void, on = stream): number => timePerCall(cuda, on, act);
    return {
      launchNs: cost(plain(stream)),
      greenLaunchNs: green === undefined ? undefined : cost(plain(green.stream), green.stream),
      graphLaunchNs: cost(() => cuda.launchGraph(graph, stream)),
      graphLaunchOneNs: cost(() => cuda.launchGraph(one, stream)),
      recordNs: cost(() => cuda.recordEvent(event, stream)),
      waitNs: cost(() => cuda.waitEvent(stream, event)),
      roundTripNs: roundTrip(launcher, records, kernel, stream),
      greenContextNs,
      captureNs,
      streamPeriodNs: streamPeriod(cuda, launcher, records, kernel, stream),
      graphPeriodNs: graphPeriod(cuda, records, capture, stream),
    };
  });
}

/** Host time of one call: the median over rounds of a batch's mean, the queue drained in between. */
function timePerCall(cuda: Cuda, stream: Handle, act: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const began = hostNs();
    for (let i = 0; i < BATCH; i++) act();
    const ns = (hostNs() - began) / BATCH;
    awaitStream(cuda, stream, 'launches of empty kernels');
    return ns;
  });
  return median(times);
}

type Kernel = ReturnType<Launcher['prepare']>;

function roundTrip(launcher: Launcher, records: Records, kernel: Kernel, stream: Handle): number {
  const record = records.take();
  const times = Array.from({ length: ROUNDS * 10 }, () => {
    const began = hostNs();
    launcher.launch(kernel, stream, 0, 1, records.addresses[record] as bigint, 0n);
    const number = records.launched(record);
    awaitDone(() => records.done(record, number), 'a launch of an empty kernel');
    return hostNs() - began;
  });
  return median(times);
}

/** From start to start of empty kernels that the device never has to wait for: the queue is full. */
function streamPeriod(
  cuda: Cuda,
  launcher: Launcher,
  records: Records,
  kernel: Kernel,
  stream: Handle,
): number {
  const ring = Array.from({ length: BATCH }, () => records.take());
  // A kernel that lasts until all others are in the queue.
  const hold = launcher.prepare(spinPlan(1, 32, 1_000_000));
  launcher.launch(hold, stream, 0, 1, 0n, 0n);
  for (const record of ring) {
    launcher.launch(kernel, stream, 0, 1, records.addresses[record] as bigint, 0n);
  }
  awaitStream(cuda, stream, 'empty kernels in a stream');
  const starts = ring.map((record) => records.start(record, 0, 0));
  return ((starts[BATCH - 1] as number) - (starts[0] as number)) / (BATCH - 1);
}

function graphPeriod(
  cuda: Cuda,
  records: Records,
  capture: (nodes: number, first: Handle, last: Handle) => Handle,
  stream: Handle,
): number {
  const [a, b] = [records.take(), records.take()];
  const [first, last] = [records.addresses[a] as bigint, records.addresses[b] as bigint];
  const exec = capture(NODES, first, last);
  const times = Array.from({ length: ROUNDS }, () => {
    cuda.launchGraph(exec, stream);
    awaitStream(cuda, stream, 'launches of empty kernels');
    return (records.start(b, 0, 0) - records.start(a, 0, 0)) / (NODES - 1);
  });
  cuda.destroyGraph(exec);
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
