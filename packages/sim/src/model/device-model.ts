import type { AtomCost, Ns } from '@lithos/core';

/** A number with where it comes from: every constant of a device file is one. */
export interface Sourced {
  readonly value: number;
  readonly source: string;
}

/**
 * Two ways to run an atom. `full-grid`: the kernel is launched with its whole grid, and blocks that are
 * not of the atom exit at once (the paper's Prelude). `block-range`: a rewritten kernel is launched
 * with the blocks of the atom only (packages/hw-a100/src/ptx).
 */
export const ATOM_PATHS = ['full-grid', 'block-range'] as const;
export type AtomPath = (typeof ATOM_PATHS)[number];

/** A device file: data only, one source a number. Units are in the names. */
export interface DeviceFile {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** 8.0 for an A100, 9.0 for an H100 or H200. */
  readonly computeCapability: Sourced;
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
  > & {
    /**
     * Time from when a segment could start to its start: each is a graph of its own. Without it, as long as
     * between the launches of one graph.
     */
    readonly segmentGapNs?: Sourced;
  };
  /** How launches are cut into atoms: see `ATOM_PATHS`. */
  readonly atoms: { readonly value: AtomPath; readonly source: string };
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

/** What an atom costs on a device beyond its blocks' own work. */
export function atomCost(file: DeviceFile): AtomCost {
  const skipped = file.atoms.value === 'full-grid' ? 1 / file.launch.dispatchBlocksPerNs.value : 0;
  return { launchNs: launchGapNs(file, 'stream'), skippedBlockNs: skipped };
}
