import type { Ns } from '@lithos/core';

/** A number with where it comes from: every constant of a device file is one. */
export interface Sourced {
  readonly value: number;
  readonly source: string;
}

/** A device file: data only, one source a number. Units are in the names. */
export interface DeviceFile {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly geometry: {
    readonly tpcsPerGpc: { readonly value: readonly number[]; readonly source: string };
    readonly tpcs: Sourced;
    readonly smsPerTpc: Sourced;
  };
  readonly sm: Readonly<
    Record<
      'threads' | 'blocks' | 'registers' | 'sharedMemoryBytes' | 'reservedSharedMemoryBytes',
      Sourced
    >
  > & {
    /** Shared memory that an SM can be set to, KiB, ascending; the rest is L1. */
    readonly carveOutsKib: { readonly value: readonly number[]; readonly source: string };
  };
  readonly clock: Readonly<Record<'maxSmMhz' | 'minSmMhz' | 'stepMhz' | 'switchNs', Sourced>>;
  readonly memory: Readonly<
    Record<
      | 'bytes'
      | 'dramBytesPerNs'
      | 'dramSaturationTpcs'
      | 'mixPenalty'
      | 'l2Bytes'
      | 'l2BytesPerNs'
      /** L2-resident streams that write as much as they read. */
      | 'l2StreamBytesPerNs',
      Sourced
    >
  >;
  /** Relative speed per SM and clock, for moving a measured profile to another device. */
  readonly throughput: Readonly<
    Record<'tensorFlopPerSmClock' | 'fp32FlopPerSmClock' | 'issuePerSmClock' | 'latencyNs', Sourced>
  >;
  readonly launch: Readonly<
    Record<
      | 'streamGapNs'
      | 'graphGapNs'
      /** Time of a kernel with next to nothing to do: first loads, drain. */
      | 'kernelFloorNs'
      | 'hostLaunchNs'
      | 'hostGraphLaunchNs'
      | 'hostSyncNs'
      | 'dispatchBlocksPerNs',
      Sourced
    >
  >;
  readonly contexts: Readonly<Record<'sliceNs' | 'switchNs', Sourced>>;
  readonly priorityLevels: Sourced;
  readonly mig: {
    readonly source: string;
    /** TPCs per compute slice. */
    readonly tpcsPerSlice: number;
    readonly instances: readonly {
      readonly name: string;
      readonly computeSlices: number;
      /** Eighths of memory, L2 and bandwidth. */
      readonly memorySlices: number;
      readonly memoryBytes: number;
    }[];
  };
  readonly power: Readonly<
    Record<
      | 'boardW'
      | 'clockWPerGhz'
      | 'dramWPerTBps'
      | 'hbmWPerTBps'
      | 'smW'
      | 'tensorW'
      | 'limitW'
      | 'voltageKneeGhz'
      | 'voltageSlopePerGhz'
      /** How long the board averages its power before it moves the clock to keep the limit. */
      | 'limitWindowNs'
      /** What the sampled reading averages, and how often it is taken. */
      | 'sampleWindowNs'
      | 'samplePeriodNs',
      Sourced
    >
  > & {
    /**
     * Dynamic power that the board does not exceed, W. Only where the launches of profiles measured
     * on the device were measured at that limit, so that the slowdown is in their times already: their
     * power is then by the fitted model in `power/`. Elsewhere the clock is lowered to keep `limitW`.
     */
    readonly ceilingW?: Sourced;
  };
}

/** Time from the end of one kernel to the start of the next that depends on it. */
export function launchGapNs(file: DeviceFile, launch: 'graph' | 'stream'): Ns {
  return launch === 'graph' ? file.launch.graphGapNs.value : file.launch.streamGapNs.value;
}
