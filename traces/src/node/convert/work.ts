import type { PositionWork } from '@lithos/core';
import { align, same } from './align.ts';
import { capDram, estimateWork, type LaunchWork } from './estimate.ts';
import { type CanonicalName, canonicalName, isTransfer, likeness } from './kernel-names.ts';
import type {
  CountedLaunch,
  KernelCounters,
  KernelTraces,
  MeasuredKernel,
  MeasuredWorkload,
} from './measurements.ts';

/** A launch whose work is known from counters. */
interface Known {
  readonly name: CanonicalName;
  readonly blocks: number;
  readonly threads: number;
  /** Device time on one TPC where that workload was measured, or `undefined`. */
  readonly oneTpcNs: number | undefined;
  readonly work: LaunchWork;
}

/** Launches with counters of all workloads, by function. */
export type Counted = ReadonlyMap<string, readonly Known[]>;

/** Below this time on one TPC a launch's time says little about its work. */
const LONG_ENOUGH_NS = 10_000;
/** Names less alike than this are instantiations of different functions. */
const LIKE_ENOUGH = 0.3;

const product = (dim: readonly [number, number, number]): number => dim[0] * dim[1] * dim[2];

/** What serialised counting adds to a launch's duration, ns: median over launches without DRAM traffic. */
const COUNTING_NS = 1150;
/** Data beyond this does not stay in L2 between launches, warm or not: its size, 50 MiB. */
const L2_BYTES = 50 * 2 ** 20;
/** Cold launches take up to twice as long; more is a mismatch of launch and counters. */
const MAX_COLD_SHARE = 1;

/** How much longer a launch took with flushed caches than in its iteration, as a share. */
function coldShare(launch: CountedLaunch, warmNs: number | undefined): number {
  const bytes = launch.dram_read_bytes + launch.dram_write_bytes;
  if (warmNs === undefined || warmNs <= 0 || bytes === 0 || bytes > L2_BYTES) return 0;
  const extra = (launch.duration_ns - COUNTING_NS - warmNs) / warmNs;
  return Math.min(MAX_COLD_SHARE, Math.max(0, extra));
}

function countedWork(launch: CountedLaunch, warmNs: number | undefined): LaunchWork {
  return {
    dramBytes: launch.dram_read_bytes + launch.dram_write_bytes,
    dramWriteBytes: launch.dram_write_bytes,
    l2Bytes: launch.l2_bytes,
    coldShare: coldShare(launch, warmNs),
    tensorActive: launch.tensor_pipe_active_pct / 100,
    warpInstructions: launch.instructions,
  };
}

/** Device times of a workload on `n` TPCs in ns, one per position. */
function timesNs(workload: MeasuredWorkload, tpcs: number): readonly number[] | undefined {
  return workload.duration_us[String(tpcs)]?.map((us) => us * 1000);
}

/** For each position of a workload its counted launch, where there is one. */
function matchCounters(
  workload: MeasuredWorkload,
  counters: KernelCounters,
  tpcCount: number,
): readonly (CountedLaunch | undefined)[] {
  const counted = counters.workloads.find((other) => other.name === workload.name)?.kernels ?? [];
  const names = workload.kernels.map((kernel) => canonicalName(kernel.name));
  const times = timesNs(workload, tpcCount) ?? [];
  const found = align(
    workload.sequence.map((k, position) => {
      const kernel = workload.kernels[k] as MeasuredKernel;
      return {
        name: names[k] as CanonicalName,
        grid: kernel.grid,
        block: kernel.block,
        durationNs: times[position] ?? 0,
      };
    }),
    counted.map((launch) => ({
      name: canonicalName(launch.name),
      grid: launch.grid,
      block: launch.block,
      durationNs: launch.duration_ns,
    })),
  );
  return Array.from(found, (index) => counted[index]);
}

/** All launches with counters, so that the same function elsewhere can be scaled from them. */
export function collectCounted(traces: KernelTraces, counters: KernelCounters): Counted {
  const byBase = new Map<string, Known[]>();
  for (const workload of traces.workloads) {
    const oneTpc = timesNs(workload, 1);
    const whole = timesNs(workload, traces.tpc_count);
    matchCounters(workload, counters, traces.tpc_count).forEach((launch, position) => {
      if (launch === undefined) return;
      const name = canonicalName(launch.name);
      const list = byBase.get(name.base) ?? [];
      byBase.set(name.base, list);
      list.push({
        name,
        blocks: product(launch.grid),
        threads: product(launch.block),
        oneTpcNs: oneTpc?.[position],
        work: countedWork(launch, whole?.[position]),
      });
    });
  }
  return byBase;
}

/** How far two times are apart, as |ln(a / b)|; 0 where one is unknown. */
const logRatio = (a: number | undefined, b: number | undefined): number =>
  a === undefined || b === undefined ? 0 : Math.abs(Math.log(Math.max(1, a) / Math.max(1, b)));

/**
 * The counted launch to scale from: same function, then same block size, then most alike by name,
 * then nearest in blocks and in time on one TPC.
 */
function nearestKnown(
  kernel: MeasuredKernel,
  name: CanonicalName,
  oneTpcNs: number | undefined,
  counted: Counted,
) {
  let best: Known | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  const blocks = product(kernel.grid);
  const threads = product(kernel.block);
  for (const known of counted.get(name.base) ?? []) {
    const alike = likeness(name, known.name);
    if (alike < LIKE_ENOUGH) continue;
    const otherBlock = known.threads === threads ? 0 : 100;
    const cost =
      otherBlock +
      10 * (1 - alike) +
      Math.abs(Math.log(blocks / known.blocks)) +
      logRatio(oneTpcNs, known.oneTpcNs);
    if (cost < bestCost) {
      best = known;
      bestCost = cost;
    }
  }
  return best;
}

/** Work of `known`, scaled to a launch with this many blocks and this time on one TPC. */
function scaled(known: Known, blocks: number, oneTpcNs: number | undefined): LaunchWork {
  const byTime =
    oneTpcNs !== undefined && known.oneTpcNs !== undefined
      ? Math.min(oneTpcNs, known.oneTpcNs) >= LONG_ENOUGH_NS
      : false;
  const factor = byTime ? (oneTpcNs as number) / (known.oneTpcNs as number) : blocks / known.blocks;
  return {
    dramBytes: known.work.dramBytes * factor,
    dramWriteBytes: known.work.dramWriteBytes * factor,
    l2Bytes: known.work.l2Bytes * factor,
    coldShare: known.work.coldShare,
    tensorActive: known.work.tensorActive,
    warpInstructions: known.work.warpInstructions * factor,
  };
}

/** The work of every position of a workload; see `PositionWork` for what `source` says. */
export function workOf(
  workload: MeasuredWorkload,
  traces: KernelTraces,
  counters: KernelCounters,
  counted: Counted,
): PositionWork {
  const matched = matchCounters(workload, counters, traces.tpc_count);
  const wholeDevice = timesNs(workload, traces.tpc_count) ?? [];
  const oneTpc = timesNs(workload, 1);
  const works: LaunchWork[] = [];
  let source = '';
  workload.sequence.forEach((k, position) => {
    const kernel = workload.kernels[k] as MeasuredKernel;
    const name = canonicalName(kernel.name);
    const launch = matched[position];
    const known = isTransfer(kernel.name)
      ? undefined
      : nearestKnown(kernel, name, oneTpc?.[position], counted);
    let work: LaunchWork;
    if (launch !== undefined) {
      work = countedWork(launch, wholeDevice[position]);
      // The same tiles under another cluster shape: the same work, but not the very same launch.
      source += same(launch.grid, kernel.grid) ? 'c' : 's';
    } else if (known !== undefined) {
      work = scaled(known, product(kernel.grid), oneTpc?.[position]);
      source += 's';
    } else {
      work = estimateWork(kernel, name.base, (tpcs) => timesNs(workload, tpcs)?.[position]);
      source += 'e';
    }
    works.push(capDram(work, wholeDevice[position] ?? 0));
  });
  return {
    dramBytes: works.map((work) => Math.round(work.dramBytes)),
    dramWriteBytes: works.map((work) => Math.round(work.dramWriteBytes)),
    l2Bytes: works.map((work) => Math.round(work.l2Bytes)),
    coldShare: works.map((work) => Math.round(work.coldShare * 1000) / 1000),
    tensorActive: works.map((work) => Math.round(work.tensorActive * 10_000) / 10_000),
    warpInstructions: works.map((work) => Math.round(work.warpInstructions)),
    source,
  };
}
