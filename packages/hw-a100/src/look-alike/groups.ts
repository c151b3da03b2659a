import type { KernelProfile } from '@lithos/core';

/**
 * Positions of a profile that one look-alike stands for: launches of the same kernel whose measured
 * times agree. A profile of hundreds of launches has some dozens of groups.
 */
export interface PositionGroup {
  /** Index into the profile's kernels. */
  readonly kernel: number;
  readonly positions: readonly number[];
  /** Mean measured time in ns at each of the counts, so that the whole iteration's time is kept. */
  readonly targetNs: readonly number[];
}

/** Times this close are one: 2 % or 100 ns on the whole device, three times that on few TPCs. */
const SHARE = 0.02;
const SLACK_NS = 100;

/** Groups the positions of a profile by their times at `counts` (TPC counts of the profile, ascending). */
export function groupPositions(profile: KernelProfile, counts: readonly number[]): PositionGroup[] {
  const rows = counts.map((count) => rowAt(profile, count));
  const time = (position: number, row: number): number => rows[row]?.[position] ?? 0;
  const whole = counts.length - 1;
  const order = profile.sequence
    .map((_, position) => position)
    .sort((a, b) => kernelAt(profile, a) - kernelAt(profile, b) || time(a, whole) - time(b, whole));
  const open: number[][] = [];
  let kernel = -1;
  const groups: number[][] = [];
  for (const position of order) {
    if (kernelAt(profile, position) !== kernel) open.length = 0;
    kernel = kernelAt(profile, position);
    const group = open.find((members) =>
      counts.every((_, row) => {
        const slack = row === whole ? 1 : 3;
        const first = time(members[0] ?? 0, row);
        const apart = Math.abs(time(position, row) - first);
        return apart <= slack * Math.max(SHARE * first, SLACK_NS);
      }),
    );
    if (group !== undefined) group.push(position);
    else {
      const started = [position];
      open.push(started);
      groups.push(started);
    }
  }
  return groups.map((positions) => ({
    kernel: kernelAt(profile, positions[0] ?? 0),
    positions,
    targetNs: counts.map((_, row) => mean(positions.map((position) => time(position, row)))),
  }));
}

/** The counts that look-alikes are fitted at: 8, 16, 33 and the most, as profile and device have them. */
export function fittedCounts(profile: KernelProfile, deviceTpcs: number): number[] {
  const there = profile.tpcCounts.filter((count) => count <= deviceTpcs);
  const most = there[there.length - 1];
  if (most === undefined)
    throw new Error(`profile ${profile.id} has no time on ${deviceTpcs} TPCs`);
  return there.filter((count) => count === most || [8, 16, 33].includes(count));
}

function rowAt(profile: KernelProfile, count: number): readonly number[] {
  const row = profile.durationNs[profile.tpcCounts.indexOf(count)];
  if (row === undefined) throw new Error(`profile ${profile.id} has no time on ${count} TPCs`);
  return row;
}

const kernelAt = (profile: KernelProfile, position: number): number =>
  profile.sequence[position] ?? -1;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
