import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LithosError } from '@lithos/core';

export type Dim3 = readonly [number, number, number];

/** A distinct launch of `kernel-traces/1`. For copies and memsets `grid[0]` is the number of bytes. */
export interface MeasuredKernel {
  readonly name: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly registers_per_thread: number;
  readonly shared_memory_bytes: number;
}

/** One workload of `kernel-traces/1`. */
export interface MeasuredWorkload {
  readonly name: string;
  readonly kind: 'inference' | 'training';
  readonly model: string;
  readonly batch: number;
  readonly phase?: 'prefill' | 'decode' | null;
  readonly sequence_length?: number | null;
  readonly context_length?: number | null;
  readonly graph_iteration_ms: number;
  readonly mean_power_w: number;
  readonly kernels: readonly MeasuredKernel[];
  readonly sequence: readonly number[];
  /** TPC count, as text, to device times in µs, one per position. */
  readonly duration_us: Readonly<Record<string, readonly number[]>>;
}

export interface KernelTraces {
  readonly schema: 'kernel-traces/1';
  readonly driver: string;
  readonly tpc_count: number;
  readonly sm_clock_mhz: number;
  readonly workloads: readonly MeasuredWorkload[];
}

/** One counted launch of `kernel-counters/1`, in launch order. */
export interface CountedLaunch {
  readonly name: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly duration_ns: number;
  readonly dram_read_bytes: number;
  readonly dram_write_bytes: number;
  readonly l2_bytes: number;
  readonly tensor_pipe_active_pct: number;
  /** Warp instructions. */
  readonly instructions: number;
}

export interface KernelCounters {
  readonly schema: 'kernel-counters/1';
  readonly workloads: readonly {
    readonly name: string;
    /** Layers of the model that was counted; `null` if it was whole. */
    readonly layers?: number | null;
    readonly kernels: readonly CountedLaunch[];
  }[];
}

function readGzippedJson(folder: string, file: string, schema: string): unknown {
  const path = join(folder, file);
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
  } catch (error) {
    throw new LithosError('E_MEASUREMENTS', `${path}: ${(error as Error).message}`);
  }
  const found = (value as { schema?: unknown }).schema;
  if (found !== schema) {
    throw new LithosError('E_MEASUREMENTS', `${path}: schema is ${found}, expected '${schema}'`);
  }
  return value;
}

/** Reads the measured launches and the hardware counters from a measurements folder. */
export function readMeasurements(folder: string): {
  readonly traces: KernelTraces;
  readonly counters: KernelCounters;
} {
  const read = (file: string, schema: string) => readGzippedJson(folder, file, schema);
  return {
    traces: read('kernel-traces.json.gz', 'kernel-traces/1') as KernelTraces,
    counters: read('kernel-counters.json.gz', 'kernel-counters/1') as KernelCounters,
  };
}
