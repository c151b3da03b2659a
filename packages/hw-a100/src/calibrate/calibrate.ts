import { TpcSet } from '@lithos/core';
import { type Cleanup, withCleanup } from '../device/cleanup.ts';
import { isMissing, tryFigures } from '../device/figures.ts';
import { awaitDone, awaitStream } from '../device/hang.ts';
import { hostNs } from '../device/host-clock.ts';
import { readDeviceInfo } from '../device/info.ts';
import { Launcher, type PreparedKernel } from '../device/launcher.ts';
import { type Granularity, makeGroups, openDriver } from '../device/open.ts';
import { Records } from '../device/records.ts';
import { type LaunchCosts, measureLaunchCosts, median } from '../doctor/launch-costs.ts';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { openNvml } from '../driver/nvml.ts';
import type { KernelPlan } from '../kernels/plan.ts';
import { spinPlan } from '../kernels/spin.ts';
import { lookAlikePlan } from '../look-alike/index.ts';
import { measureTimeSlices, type NoTimeSlices, type TimeSlices } from './time-slices.ts';

/** Micro-benchmarks of one GPU: what a device file of the simulator is made from. */
export interface Calibration {
  readonly schema: 'lithos/hw-calibration@1';
  readonly device: string;
  readonly driver_cuda: number;
  readonly tpcs: number;
  readonly launch: LaunchCosts;
  /** Device time of an empty kernel that keeps a record, ns. */
  readonly empty_kernel_ns: number;
  /** Blocks started per ns. */
  readonly dispatch_blocks_per_ns: number;
  /** DRAM reads by number of TPCs, bytes/ns. */
  readonly read_bytes_per_ns: readonly { readonly tpcs: number; readonly bytes_per_ns: number }[];
  /**
   * From the launch of a short kernel to its start, beside a grid whose blocks last 100 us and fill the
   * device: at the same priority, and at the greatest; ns.
   */
  readonly start_beside_grid_ns: { readonly same: number; readonly urgent: number };
  /** Mean board power under a load, W; empty where NVML has no energy counter. */
  readonly power: readonly { readonly load: string; readonly watts: number }[];
  /** How two processes have the GPU in turns, or why that is not known. */
  readonly time_slices: TimeSlices | NoTimeSlices;
}

const READ_UNITS_PER_BLOCK = 4096;
const POWER_NS = 1.2e9;

/** Measures a GPU that is otherwise idle; some fifteen seconds. */
export async function calibrate(ordinal: number, granularity: Granularity): Promise<Calibration> {
  const alone = oneProcess(ordinal, granularity);
  return { ...alone, time_slices: await measureTimeSlices(ordinal) };
}

/** What one process can measure. */
function oneProcess(ordinal: number, granularity: Granularity): Omit<Calibration, 'time_slices'> {
  const launch = measureLaunchCosts(ordinal);
  return withCleanup((cleanup) => {
    const { cuda, device } = openDriver(ordinal, cleanup);
    const groups = makeGroups(cuda, device, granularity);
    const info = readDeviceInfo(cuda, device, 'gpu', groups?.granularity, []);
    const launcher = new Launcher(cuda, cleanup);
    const records = new Records(cuda, 256, cleanup);
    const bench = new Bench(cuda, launcher, records, cleanup);
    const plain = bench.stream(() => cuda.createStream(0));
    const emptyNs = bench.time(bench.prepare(spinPlan(1, 32, 0)), plain);
    const counts = [1, 2, 4, 8, 12, 16, 24, 33, 48].filter((n) => n < info.tpcs.size);
    const reads = counts.flatMap((tpcs) => {
      if (groups === undefined) return [];
      const context = groups.createContext(TpcSet.range(0, tpcs));
      cleanup.add(() => cuda.destroyGreenContext(context));
      const stream = bench.stream(() => cuda.createGreenStream(context, 0));
      return [{ tpcs, bytes_per_ns: bench.readRate(tpcs * info.smsPerTpc, stream) }];
    });
    const whole = info.tpcs.size * info.smsPerTpc;
    reads.push({ tpcs: info.tpcs.size, bytes_per_ns: bench.readRate(whole, plain) });
    return {
      schema: 'lithos/hw-calibration@1',
      device: info.name,
      driver_cuda: cuda.driverVersion(),
      tpcs: info.tpcs.size,
      launch,
      empty_kernel_ns: emptyNs,
      dispatch_blocks_per_ns: bench.dispatchRate(plain),
      read_bytes_per_ns: reads,
      start_beside_grid_ns: bench.startBesideGrid(whole),
      power: powers(cuda, device, bench, plain, whole),
    };
  });
}

/** Two ways to have reads under way: many threads with registers, fewer with shared memory. */
const READERS = [
  { threads: 512, sharedBytes: 0 },
  { threads: 256, sharedBytes: 64 * 1024 },
] as const;

/** A kernel of look-alike work: `units` of 16 bytes read and `turns` of arithmetic by each block. */
function workPlan(
  blocks: number,
  units: number,
  turns: number,
  { threads, sharedBytes }: (typeof READERS)[number] = READERS[0],
): KernelPlan {
  return lookAlikePlan({
    entry: 'look_alike_32',
    blocks,
    threads,
    dynamicSharedMemoryBytes: sharedBytes,
    work: { turns, chain: 0, units, writes: 0, lead: 0 },
    start: 0,
  });
}

class Bench {
  private readonly cuda: Cuda;
  private readonly launcher: Launcher;
  private readonly records: Records;
  private readonly cleanup: Cleanup;
  private readonly record: number;

  constructor(cuda: Cuda, launcher: Launcher, records: Records, cleanup: Cleanup) {
    this.cuda = cuda;
    this.launcher = launcher;
    this.records = records;
    this.cleanup = cleanup;
    this.record = records.take();
  }

  prepare(plan: KernelPlan): PreparedKernel {
    return this.launcher.prepare(plan);
  }

  stream(create: () => Handle): Handle {
    const stream = create();
    this.cleanup.add(() => this.cuda.destroyStream(stream));
    return stream;
  }

  /** Launches a kernel that keeps the record; its number there. */
  launch(kernel: PreparedKernel, stream: Handle, record = this.record): number {
    const address = this.records.addresses[record] as bigint;
    this.launcher.launch(kernel, stream, 0, kernel.blocks, address, 0n);
    return this.records.launched(record);
  }

  /** Device time of a kernel, from its first block's start to its last one's end: the median. */
  time(kernel: PreparedKernel, stream: Handle, rounds = 15): number {
    const times = Array.from({ length: rounds }, () => {
      this.launch(kernel, stream);
      awaitStream(this.cuda, stream, 'a calibration kernel');
      return this.records.end(this.record, 0, 0) - this.records.start(this.record, 0, 0);
    });
    return median(times);
  }

  /** DRAM read rate of blocks that fill `sms` SMs four times. */
  readRate(sms: number, stream: Handle): number {
    const blocks = 24 * sms;
    const rates = READERS.map((reader) => {
      const kernel = this.prepare(workPlan(blocks, READ_UNITS_PER_BLOCK, 0, reader));
      return (blocks * READ_UNITS_PER_BLOCK * 16) / this.time(kernel, stream, 9);
    });
    return Math.max(...rates);
  }

  /** Blocks started per ns: from the times of two grids of empty blocks. */
  dispatchRate(stream: Handle): number {
    const [few, many] = [20_000, 120_000];
    const [before, after] = [this.records.take(), this.records.take()];
    const mark = this.prepare(spinPlan(1, 32, 0));
    const time = (blocks: number): number => {
      const kernel = this.prepare(spinPlan(blocks, 128, 0));
      const times = Array.from({ length: 9 }, () => {
        this.launch(mark, stream, before);
        // Without a record: counting blocks would take longer than starting them.
        this.launcher.launch(kernel, stream, 0, blocks, 0n, 0n);
        this.launch(mark, stream, after);
        awaitStream(this.cuda, stream, 'a calibration kernel');
        return this.records.start(after, 0, 0) - this.records.end(before, 0, 0);
      });
      return median(times);
    };
    return (many - few) / Math.max(1, time(many) - time(few));
  }

  /** How long a short kernel waits for its start beside a grid that fills the device. */
  startBesideGrid(sms: number): { same: number; urgent: number } {
    const { least, greatest } = this.cuda.priorityRange();
    const background = this.stream(() => this.cuda.createStream(least));
    const grid = this.prepare(spinPlan(2 * sms * 20, 1024, 100_000));
    const short = this.prepare(spinPlan(1, 1024, 0));
    const wait = (priority: number): number => {
      const stream = this.stream(() => this.cuda.createStream(priority));
      const times = Array.from({ length: 9 }, (_, i) => {
        this.launcher.launch(grid, background, 0, grid.blocks, 0n, 0n);
        const until = hostNs() + 300_000 + 13_000 * i;
        while (hostNs() < until);
        const began = hostNs();
        const number = this.launch(short, stream);
        awaitDone(() => this.records.done(this.record, number), 'a kernel beside a grid');
        const ns = hostNs() - began;
        awaitStream(this.cuda, background, 'a grid of long blocks');
        return ns;
      });
      return median(times);
    };
    return { same: wait(least), urgent: wait(greatest) };
  }
}

/** Mean power under some loads, by the energy counter. */
function powers(
  cuda: Cuda,
  device: number,
  bench: Bench,
  stream: Handle,
  sms: number,
): Calibration['power'] {
  let nvml: ReturnType<typeof openNvml>;
  try {
    nvml = openNvml(cuda.deviceUuid(device));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  try {
    if (tryFigures(nvml).some(({ figure }) => figure === 'energy')) return [];
    const measure = (
      load: string,
      kernel: PreparedKernel | undefined,
    ): { load: string; watts: number } => {
      const run = (ns: number): void => {
        const until = hostNs() + ns;
        while (hostNs() < until) {
          if (kernel === undefined) continue;
          for (let i = 0; i < 8; i++) bench.launch(kernel, stream);
          awaitStream(cuda, stream, `the load '${load}'`);
        }
      };
      run(0.2e9);
      const [fromJ, fromNs] = [nvml.energyJ(), hostNs()];
      run(POWER_NS);
      return { load, watts: (nvml.energyJ() - fromJ) / ((hostNs() - fromNs) / 1e9) };
    };
    return [
      measure('idle', undefined),
      measure('reads', bench.prepare(workPlan(64 * sms, READ_UNITS_PER_BLOCK, 0))),
      measure('fp32', bench.prepare(workPlan(16 * sms, 0, 40_000))),
      measure('reads and fp32', bench.prepare(workPlan(32 * sms, READ_UNITS_PER_BLOCK, 20_000))),
    ];
  } finally {
    nvml.close();
  }
}
