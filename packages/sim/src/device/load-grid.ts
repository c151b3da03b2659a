import type { Ns, Submission } from '@lithos/core';
import type { Grid } from '../execution/grid.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { hbmEnergy, kernelPower } from '../model/power.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { dramEfficiency, l2Share, memoryShare, smLoad } from '../model/transfer.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Makes a submission's grid: what it holds, what it asks of the memory system, and how long it takes
 * alone, on the submission's TPC set.
 * @param work the submission's launch, or the one of its segment that comes next
 * @param enterNs when its launch gap is over
 */
export function loadGrid(
  grid: Grid,
  file: DeviceFile,
  submission: Submission,
  work: SimKernel,
  enterNs: Ns,
): void {
  const { tpcs } = submission;
  const n = tpcs.size;
  grid.submission = submission;
  grid.work = work;
  grid.priority = submission.priority;
  grid.w0 = tpcs.w0;
  grid.w1 = tpcs.w1;
  grid.w2 = tpcs.w2;
  grid.tpcs = n;
  // A segment has all blocks of each of its launches.
  const whole = submission.work !== work;
  grid.blocks = whole ? work.kernel.blocks : submission.blockEnd - submission.blockBegin;
  const capacity = work.blocksPerTpc * n;
  grid.wave = capacity === 0 ? 1 : Math.min(grid.blocks, capacity);
  grid.held = 0;
  grid.active = 0;
  grid.left = 1;
  grid.enterNs = enterNs;
  grid.updatedNs = enterNs;
  grid.rate = 0;
  grid.endNs = NEVER;
  grid.startNs = -1;
  grid.yielding = false;
  grid.tail = false;
  grid.releaseNs = NEVER;
  setDemands(grid, file, submission.scale, capacity);
}

/** Times and demands, from the tables of the whole launch to this atom of it. */
function setDemands(grid: Grid, file: DeviceFile, scale: number, capacity: number): void {
  const { work, tpcs: n } = grid;
  const { blocks } = work.kernel;
  const whole = work.durationNs[n] as number;
  const atom = grid.blocks !== blocks && capacity > 0;
  // An atom takes its waves' part of the time, and does its blocks' part of the work in it.
  const timeShare = atom ? Math.max(1, grid.blocks / capacity) / Math.max(1, blocks / capacity) : 1;
  const density = atom ? grid.blocks / blocks / timeShare : 1;
  // On the full-grid path the blocks outside its range start, too, and leave at once.
  const fullGrid = atom && file.atoms.value === 'full-grid';
  const exitsNs = fullGrid ? (blocks - grid.blocks) / file.launch.dispatchBlocksPerNs.value : 0;
  grid.aloneNs = whole * scale * timeShare + exitsNs;
  const dramBytes = work.dramBytes * density;
  const l2Bytes = work.l2Bytes * density;
  grid.dramRate = dramBytes / whole;
  grid.dramEfficiency = dramEfficiency(file, work.writeShare);
  grid.memoryShare = memoryShare(file, n, whole, dramBytes / grid.dramEfficiency);
  grid.l2Rate = l2Bytes / whole;
  grid.l2Share = l2Share(file, n, whole, l2Bytes);
  // On one TPC nothing is short, so that rate times the TPCs in use is what it would draw.
  const usable = Math.min(n, Math.max(1, blocks / file.geometry.smsPerTpc.value));
  const speedup = Math.max(1, (usable * whole) / (work.durationNs[1] as number));
  grid.dramDesire = grid.dramRate * speedup;
  grid.dramThrottle = 1 / speedup;
  // What holds it up is DRAM or L2; as far as it is DRAM, L2 has no more to expect.
  const l2Speedup = 1 + (speedup - 1) * (1 - grid.memoryShare);
  grid.l2Desire = grid.l2Rate * l2Speedup;
  grid.l2Throttle = 1 / l2Speedup;
  grid.smLoad = smLoad(file, n, whole, work.smWork * density, l2Bytes);
  grid.powerW = kernelPower(file, work, n) * density;
  grid.steadyW = Math.min(grid.powerW, hbmEnergy(file, dramBytes) / whole);
}
