import { type KernelProfile, LithosError, type SmLimits } from '@lithos/core';
import { type BlockWork, type LookAlikeKernel, shapeOf, span } from './kernel.ts';

/** Work of a profile's look-alikes, found by measuring on one device; kept as JSON. */
export interface LookAlikeCalibration {
  readonly schema: 'lithos/look-alikes@1';
  readonly profile: string;
  /** What the device calls itself, and its SM clock limit: a calibration holds for that device only. */
  readonly device: string;
  /** The version of the look-alike module that was measured; see `lookAlikeModule`. */
  readonly kernels: string;
  /** TPC counts of the times below, ascending; the last is the whole device or the profile's most. */
  readonly tpcCounts: readonly number[];
  readonly groups: readonly CalibratedGroup[];
  /** Per position of the profile: index into `groups`. */
  readonly group: readonly number[];
}

export interface CalibratedGroup {
  readonly work: BlockWork;
  /** The profile's times in ns, and the look-alike's, at `tpcCounts`. */
  readonly targetNs: readonly number[];
  readonly measuredNs: readonly number[];
}

/** Units of 16 bytes in the buffer that look-alikes read from: 1 GiB, much more than any L2. */
export const BUFFER_UNITS = 2 ** 26;

/**
 * The launches that stand in for a profile, one per position of its sequence. Each reads where the
 * one before it stopped, so nothing comes from L2 that the profiled kernels would not have found there.
 */
export function lookAlikes(
  profile: KernelProfile,
  calibration: LookAlikeCalibration,
  sm: SmLimits,
  sms: number,
): LookAlikeKernel[] {
  requireMatch(profile, calibration);
  const shapes = profile.kernels.map((kernel) => shapeOf(kernel, sm, sms));
  let start = 0;
  return profile.sequence.map((kernel, position) => {
    const shape = shapes[kernel];
    const group = calibration.groups[calibration.group[position] ?? -1];
    if (shape === undefined || group === undefined) throw new Error(`position ${position} is void`);
    const launch = { ...shape, work: group.work, start };
    start = (start + span(shape, group.work)) % BUFFER_UNITS;
    return launch;
  });
}

function requireMatch(profile: KernelProfile, calibration: LookAlikeCalibration): void {
  const { group } = calibration;
  if (calibration.profile === profile.id && group.length === profile.sequence.length) return;
  throw new LithosError(
    'E_LOOK_ALIKE',
    `the calibration is of profile '${calibration.profile}' with ${group.length} launches, not of '${profile.id}' with ${profile.sequence.length}`,
    'remove the calibration file: it is made anew at the next run',
  );
}

/** Text of a calibration: JSON, a group a line. */
export function printLookAlikeCalibration(calibration: LookAlikeCalibration): string {
  const { groups, ...rest } = calibration;
  const lines = groups.map((group) => `    ${JSON.stringify(group)}`);
  const head = Object.entries(rest).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  );
  return `{\n${head.join('')}  "groups": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** Reads a calibration back. Throws `LithosError` `E_LOOK_ALIKE` on anything that is not one. */
export function parseLookAlikeCalibration(text: string, name: string): LookAlikeCalibration {
  const fail = (what: string): never => {
    throw new LithosError('E_LOOK_ALIKE', `${name}: ${what}`, 'remove the file: it is made anew');
  };
  let value: Partial<LookAlikeCalibration>;
  try {
    value = JSON.parse(text) as Partial<LookAlikeCalibration>;
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object') return fail('not an object');
  if (value.schema !== 'lithos/look-alikes@1') fail(`schema is ${JSON.stringify(value.schema)}`);
  const { tpcCounts, groups, group } = value;
  for (const key of ['profile', 'device', 'kernels'] as const) {
    if (typeof value[key] !== 'string') fail(`${key} must be a text`);
  }
  if (!Array.isArray(tpcCounts) || !Array.isArray(groups) || !Array.isArray(group)) {
    return fail('tpcCounts, groups and group must be lists');
  }
  for (const one of groups as readonly Partial<CalibratedGroup>[]) {
    const work = one?.work;
    const counts = [work?.turns, work?.chain, work?.units, work?.writes, work?.lead];
    if (!counts.every((n) => Number.isSafeInteger(n) && Number(n) >= 0))
      fail('work must be counts');
    const rows = [one?.targetNs, one?.measuredNs];
    if (!rows.every((row) => Array.isArray(row) && row.length === tpcCounts.length)) {
      fail('a group must have a time for each of tpcCounts');
    }
  }
  const indexes = group as readonly unknown[];
  if (!indexes.every((i) => Number.isSafeInteger(i) && groups[i as number] !== undefined)) {
    fail('group must index groups');
  }
  return value as LookAlikeCalibration;
}
