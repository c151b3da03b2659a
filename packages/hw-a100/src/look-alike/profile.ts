import type { KernelProfile, Ns, ProfiledKernel, SmLimits } from '@lithos/core';
import { type LookAlikeCalibration, lookAlikes } from './calibration.ts';
import type { LookAlikeKernel } from './kernel.ts';

/**
 * From the end of a look-alike to the start of the next one in a graph, ns, in which no block holds a
 * slot: the period of kernels in a graph that do nothing (micro-benchmarks, `launch`).
 */
const GRAPH_GAP_NS: Ns = 720;
/**
 * How much shorter than its calibrated time a look-alike's blocks are there, ns. Calibrated times are
 * periods in a stream less 870 ns. A request of ResNet-50 (batch 8) as one graph, launched and noticed,
 * takes 1,018 us (`bare_graph` of experiments/hardware/h200/bench.json), of which 17 are taken to be host
 * and start; its 284 look-alikes' times add up to 1,046. So in a graph each takes 160 ns less, gap included.
 *
 * The 17 us are assumed: nobody has measured when such a graph starts. An empty kernel there and back takes
 * 8.9 (`hw doctor`), which would make it 130 ns; what `lithos validate twin` has for a lone graph, 19.9
 * (dispatch, gap before a segment, notice), 170. docs/hardware.md says what those change.
 */
const SHORTER_NS: Ns = GRAPH_GAP_NS + 160;
/**
 * Of a calibrated time, what is left at least, so that none is 0 or less. Assumed. It is for launches of
 * less than 1,100 ns: a tenth of those that have calibrations for the H200, and 0.2 to 5 % of their time.
 */
const LEAST_SHARE = 0.2;

/**
 * Warp instructions, counted in `kernels/look-alike.cu`: a turn is 8 multiply-adds and a part of a branch;
 * a turn of a chain is 4 with a counter and a branch; 16 bytes for each thread of a warp are an address, a
 * load or copy and a turn of the loop, and a write is four less.
 */
const PER_TURN = 8.5;
const PER_CHAIN_TURN = 7;
const PER_READ = 10;
const PER_WRITE = 6;

const LANES = 32;
const UNIT_BYTES = 16;

/**
 * The profile of what runs on a GPU in another profile's place, for the simulator: the look-alikes'
 * shapes, the times that were measured of them, and the work that they are made of. They differ from the
 * profiled kernels in what matters to those beside them: each byte goes through L2 and DRAM once, so there
 * is nothing to be driven out of L2, and there are no tensor instructions, clusters or persistent grids.
 * @param device id of the device that the calibration was measured on
 */
export function lookAlikeProfile(
  profile: KernelProfile,
  calibration: LookAlikeCalibration,
  device: string,
  sm: SmLimits,
  sms: number,
): KernelProfile {
  const launches = lookAlikes(profile, calibration, sm, sms);
  const kernels: ProfiledKernel[] = [];
  const known = new Map<string, number>();
  const sequence = launches.map((launch, position) => {
    const kernel = profiled(profile.kernels[profile.sequence[position] ?? -1]?.name ?? '', launch);
    const key = JSON.stringify(kernel);
    const index = known.get(key) ?? kernels.push(kernel) - 1;
    known.set(key, index);
    return index;
  });
  const tpcCounts = profile.tpcCounts.filter((n) => n <= Math.max(...calibration.tpcCounts));
  const durationNs = tpcCounts.map((tpcs, row) =>
    calibrated(profile, calibration, tpcs, row).map((ns) =>
      Math.round(Math.max(LEAST_SHARE * ns, ns - SHORTER_NS)),
    ),
  );
  const whole = durationNs[durationNs.length - 1] ?? [];
  const bytes = (of: (launch: LookAlikeKernel) => number): number[] =>
    launches.map((launch) => UNIT_BYTES * launch.blocks * of(launch));
  const moved = bytes(({ work }) => work.units + work.writes);
  const none = launches.map(() => 0);
  return {
    ...profile,
    synthetic: true,
    measured: { ...profile.measured, device },
    iterationNs: whole.reduce((sum, ns) => sum + ns, 0) + GRAPH_GAP_NS * launches.length,
    kernels,
    sequence,
    tpcCounts,
    durationNs,
    work: {
      dramBytes: moved,
      dramWriteBytes: bytes(({ work }) => work.writes),
      l2Bytes: moved,
      coldShare: none,
      tensorActive: none,
      warpInstructions: launches.map(warpInstructions),
      source: 'c'.repeat(launches.length),
    },
  };
}

function profiled(name: string, launch: LookAlikeKernel): ProfiledKernel {
  return {
    // Not as the profiled kernel: rules go by how names begin, and its clusters are not there.
    name: `look-alike of ${name}`,
    grid: [launch.blocks, 1, 1],
    block: [launch.threads, 1, 1],
    registersPerThread: Number(launch.entry.replace('look_alike_', '')),
    sharedMemoryBytes: launch.dynamicSharedMemoryBytes,
  };
}

function warpInstructions({ blocks, work }: LookAlikeKernel): number {
  const { turns, chain, units, writes, lead } = work;
  const block =
    PER_TURN * turns + PER_CHAIN_TURN * chain + (PER_READ * units + PER_WRITE * writes) / LANES;
  return blocks * block + PER_CHAIN_TURN * lead;
}

/**
 * The look-alikes' times on `tpcs` TPCs: what was measured of them there; elsewhere the profile's own, as
 * much longer or shorter as the look-alike was on the counts around.
 * @param row of the profile's times
 */
function calibrated(
  profile: KernelProfile,
  { groups, group, tpcCounts }: LookAlikeCalibration,
  tpcs: number,
  row: number,
): readonly Ns[] {
  const sums = new Float64Array(groups.length);
  const members = new Float64Array(groups.length);
  group.forEach((g, position) => {
    sums[g] = (sums[g] as number) + (profile.durationNs[row]?.[position] ?? 0);
    members[g] = (members[g] as number) + 1;
  });
  const times = groups.map(({ targetNs, measuredNs }, g) => {
    const ratios = targetNs.map((target, i) => (measuredNs[i] ?? 0) / Math.max(1, target));
    return ((sums[g] as number) / (members[g] as number)) * between(tpcCounts, ratios, tpcs);
  });
  return group.map((g) => times[g] ?? 0);
}

/** A value between those at ascending counts, linear in the logarithm; outside, the nearest one. */
function between(counts: readonly number[], values: readonly number[], at: number): number {
  const high = counts.findIndex((count) => count >= at);
  if (high <= 0) return values[high < 0 ? values.length - 1 : 0] ?? 1;
  const [from, to] = [counts[high - 1] ?? 1, counts[high] ?? 1];
  const share = Math.log(at / from) / Math.log(to / from);
  return (values[high - 1] ?? 1) * (1 - share) + (values[high] ?? 1) * share;
}
