/**
 * A kernel profile: one iteration of a workload (one inference request, one LLM step, one training
 * step) as the sequence of its launches, with device times measured at several TPC counts.
 * The type lives here, and not with the files, because every device prepares launches from it.
 */
export interface KernelProfile {
  readonly schema: 'lithos/kernel-profile@1';
  /** For example `resnet50-b8`. */
  readonly id: string;
  readonly kind: 'inference' | 'training';
  readonly model: string;
  readonly batch: number;
  readonly phase?: 'prefill' | 'decode';
  /** Tokens of the prompt (prefill), or of the sequence. */
  readonly sequenceLength?: number;
  /** Tokens already in the KV cache (decode). */
  readonly contextLength?: number;
  readonly measured: {
    /** A device id of ours, such as `h200`. */
    readonly device: string;
    readonly smClockMhz: number;
    readonly driver: string;
  };
  /** Wall time of the iteration replayed back to back as one CUDA graph on the whole device, in ns. */
  readonly iterationNs: number;
  /** Mean board power during that loop, in W. */
  readonly meanPowerW: number;
  readonly kernels: readonly ProfiledKernel[];
  /** The iteration: indexes into `kernels`, in launch order. */
  readonly sequence: readonly number[];
  /** TPC counts with measurements, ascending. */
  readonly tpcCounts: readonly number[];
  /** `durationNs[i][p]`: device time of position `p` of the sequence on `tpcCounts[i]` TPCs, in ns. */
  readonly durationNs: readonly (readonly number[])[];
  /** What each position of the sequence moves and computes; see `PositionWork`. */
  readonly work: PositionWork;
  /**
   * Neighbours cost its launches nothing but SM slots, throughput and bandwidth: they are one small code
   * without tensor instructions, and find nothing of their own in L2. True of kernels that are made to be
   * measured, such as look-alikes, and never of a library's.
   */
  readonly synthetic?: boolean;
}

/** The static side of a profiled launch. `grid` and `block` are zero for copies and memsets. */
export interface ProfiledKernel {
  readonly name: string;
  readonly grid: readonly [number, number, number];
  readonly block: readonly [number, number, number];
  readonly registersPerThread: number;
  readonly sharedMemoryBytes: number;
  /** Atoms are cut at multiples of so many blocks; 0: never. 1 where nothing is said. */
  readonly cutMultiple?: number;
  /** As in `KernelShape`, where it is known. */
  readonly persistent?: boolean;
}

/** Work per position of the sequence, from hardware counters where there are any. */
export interface PositionWork {
  /** DRAM bytes read and written. */
  readonly dramBytes: readonly number[];
  /** Of those, written. */
  readonly dramWriteBytes: readonly number[];
  /** Bytes through L2. */
  readonly l2Bytes: readonly number[];
  /** How much longer the launch takes with a cold L2, as a share of its time on the whole device. */
  readonly coldShare: readonly number[];
  /** Share of the launch's time in which the tensor pipes were busy, 0..1, on the whole device. */
  readonly tensorActive: readonly number[];
  /** Warp instructions issued. */
  readonly warpInstructions: readonly number[];
  /**
   * Where the numbers come from: `c` counters of this very launch, `s` counters of a launch of
   * the same kernel elsewhere, scaled by blocks or by time on one TPC, `e` estimated from how its time scales with TPCs.
   * One character per position.
   */
  readonly source: string;
}
