import type { KernelProfile, ProfiledKernel } from '@lithos/core';
import { isTransfer } from './kernel-names.ts';
import type {
  KernelCounters,
  KernelTraces,
  MeasuredKernel,
  MeasuredWorkload,
} from './measurements.ts';
import { type Counted, workOf } from './work.ts';

/** Copies and memsets lose their pseudo grid; their size in bytes goes into the name. */
function profiledKernel(kernel: MeasuredKernel): ProfiledKernel {
  const transfer = isTransfer(kernel.name);
  return {
    name: transfer ? `${kernel.name} ${kernel.grid[0]} B` : kernel.name,
    grid: transfer ? [0, 0, 0] : kernel.grid,
    block: kernel.block,
    registersPerThread: kernel.registers_per_thread,
    sharedMemoryBytes: kernel.shared_memory_bytes,
  };
}

/** Turns one measured workload into the profile that ships. */
export function buildProfile(
  workload: MeasuredWorkload,
  traces: KernelTraces,
  counters: KernelCounters,
  counted: Counted,
): KernelProfile {
  const tpcCounts = Object.keys(workload.duration_us)
    .map(Number)
    .sort((a, b) => a - b);
  return {
    schema: 'lithos/kernel-profile@1',
    id: workload.name,
    kind: workload.kind,
    model: workload.model,
    batch: workload.batch,
    ...(workload.phase ? { phase: workload.phase } : {}),
    ...(workload.sequence_length ? { sequenceLength: workload.sequence_length } : {}),
    ...(workload.context_length ? { contextLength: workload.context_length } : {}),
    measured: { device: 'h200', smClockMhz: traces.sm_clock_mhz, driver: traces.driver },
    iterationNs: Math.round(workload.graph_iteration_ms * 1e6),
    meanPowerW: workload.mean_power_w,
    kernels: workload.kernels.map(profiledKernel),
    sequence: workload.sequence,
    tpcCounts,
    durationNs: tpcCounts.map((n) =>
      (workload.duration_us[String(n)] ?? []).map((us) => Math.round(us * 1000)),
    ),
    work: workOf(workload, traces, counters, counted),
  };
}
