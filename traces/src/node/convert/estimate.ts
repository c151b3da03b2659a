import { isMatrixKernel, isTransfer } from './kernel-names.ts';
import type { MeasuredKernel } from './measurements.ts';

/** What one launch moves and computes. */
export interface LaunchWork {
  /** Read and written. */
  readonly dramBytes: number;
  /** Of those, written. */
  readonly dramWriteBytes: number;
  readonly l2Bytes: number;
  /** Extra time if nothing it reads is in L2, as a share of its time on the whole device. */
  readonly coldShare: number;
  /** 0..1 */
  readonly tensorActive: number;
  readonly warpInstructions: number;
}

/** Saturated DRAM reads of an H200, bytes per ns (measured, microbenchmark `rate`). */
const DRAM_BYTES_PER_NS = 4560;
/** TPCs that saturate the DRAM (same microbenchmark). */
const SATURATING_TPCS = 16;
const ALL_TPCS = 66;
/** The part of a launch's time that does no work: an empty dependent launch takes this long, ns. */
const EMPTY_LAUNCH_NS = 1500;
/** L2 bytes per DRAM byte: median of the counted launches longer than 5 µs, as are the next three. */
const L2_PER_DRAM = 3.2;
/** Share of DRAM bytes that are written; median of the counted launches as the others. */
const WRITE_SHARE = 0.2;
/** Extra time with a cold L2: mean of the counted launches, weighted by time. */
const COLD_SHARE = 0.09;
/** Share assumed where the times cannot tell. */
const UNKNOWN_SHARE = 0.25;
/** Tensor pipes busy in a matrix kernel that is not memory bound. */
const MATRIX_TENSOR_ACTIVE = 0.18;
/** Warp instructions per ns of the whole device, in matrix kernels and in others. */
const MATRIX_INSTRUCTIONS_PER_NS = 100;
const OTHER_INSTRUCTIONS_PER_NS = 230;

/** No launch moves more than the DRAM can in the time that it took. */
export function capDram(work: LaunchWork, wholeDeviceNs: number): LaunchWork {
  const kept = Math.min(1, (DRAM_BYTES_PER_NS * wholeDeviceNs) / Math.max(1, work.dramBytes));
  return {
    ...work,
    dramBytes: work.dramBytes * kept,
    dramWriteBytes: work.dramWriteBytes * kept,
  };
}

/**
 * Work guessed from how a launch's time scales with TPCs, for launches without counters.
 *
 * DRAM bandwidth is saturated at 16 TPCs already, while compute grows to the last TPC. So let
 * r = T(16) / T(66), and q what r would be if only compute bound it: 66/16, or less if the grid has
 * too few blocks (one per SM) to use all TPCs. The memory-bound share is m = 1 - (r - 1) / (q - 1),
 * clamped to 0..1, or 1/4 where q < 1.5 and the times cannot tell. Then
 * bytes = m x 4.56 TB/s x (T(66) - 1.5 µs).
 */
export function estimateWork(
  kernel: MeasuredKernel,
  base: string,
  timeNs: (tpcs: number) => number | undefined,
): LaunchWork {
  const [x, y, z] = kernel.grid;
  if (isTransfer(kernel.name)) {
    // A memset writes its bytes, a copy reads and writes them.
    const dramBytes = kernel.name.startsWith('gpu_memcpy:') ? 2 * x : x;
    return {
      dramBytes,
      dramWriteBytes: x,
      l2Bytes: dramBytes,
      coldShare: 0,
      tensorActive: 0,
      warpInstructions: 0,
    };
  }
  const blocks = x * y * z;
  const whole = timeNs(ALL_TPCS) ?? 0;
  const saturating = timeNs(SATURATING_TPCS) ?? whole;
  const usable = Math.min(ALL_TPCS, blocks / 2);
  const computeRatio = Math.max(1, usable / SATURATING_TPCS);
  const share =
    computeRatio < 1.5 || whole === 0
      ? UNKNOWN_SHARE
      : Math.min(1, Math.max(0, 1 - (saturating / whole - 1) / (computeRatio - 1)));
  const workingNs = Math.max(0, whole - EMPTY_LAUNCH_NS);
  const dramBytes = share * DRAM_BYTES_PER_NS * workingNs;
  const matrix = isMatrixKernel(base);
  return {
    dramBytes,
    dramWriteBytes: dramBytes * WRITE_SHARE,
    l2Bytes: dramBytes * L2_PER_DRAM,
    coldShare: COLD_SHARE,
    tensorActive: matrix ? MATRIX_TENSOR_ACTIVE * (1 - share) : 0,
    warpInstructions: workingNs * (matrix ? MATRIX_INSTRUCTIONS_PER_NS : OTHER_INSTRUCTIONS_PER_NS),
  };
}
