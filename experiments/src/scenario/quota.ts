import type { ScenarioDevice } from './context.ts';
import { integerReader, shareReader } from './quantity.ts';
import type { Entry } from './source.ts';

/** A quota as the file states it. `tpcs` is exact: a share of the device may be a fraction. */
export interface StatedQuota {
  readonly entry: Entry;
  readonly tenant: string;
  readonly text: string;
  readonly tpcs: number;
}

/** More TPCs than any device has: what exceeds the device is refused with the sum of all quotas. */
const MAX_TPCS = 1000;

/** Room for rounding when shares such as 33.3 % are added up. */
const EPSILON = 1e-9;

/** Reads a quota: a share of the device's TPCs, or a number of them. */
export function readQuota(entry: Entry, tenant: string, device: ScenarioDevice): StatedQuota {
  const text = entry.text();
  const tpcs = text.trim().endsWith('%')
    ? entry.quantity(shareReader(100)) * device.tpcCount
    : entry.quantity(integerReader(0, MAX_TPCS));
  return { entry, tenant, text, tpcs };
}

/**
 * Whole TPCs for each quota. Shares are rounded down, and the TPCs that all of them together cover
 * beyond that go to the largest fractions (largest-remainder method; the earlier tenant at a tie):
 * 75 % and 25 % of 54 TPCs become 41 and 13. Refuses quotas that exceed the device.
 */
export function allotQuotas(
  quotas: readonly StatedQuota[],
  device: ScenarioDevice,
): readonly number[] {
  checkSum(quotas, device);
  const whole = quotas.map(({ tpcs }) => Math.floor(tpcs + EPSILON));
  const covered = Math.floor(quotas.reduce((sum, { tpcs }) => sum + tpcs, 0) + EPSILON);
  const left = covered - whole.reduce((sum, n) => sum + n, 0);
  const byRemainder = quotas
    .map(({ tpcs }, i) => ({ i, remainder: tpcs - (whole[i] ?? 0) }))
    .sort((a, b) =>
      Math.abs(b.remainder - a.remainder) < EPSILON ? a.i - b.i : b.remainder - a.remainder,
    );
  for (const { i } of byRemainder.slice(0, left)) whole[i] = (whole[i] ?? 0) + 1;
  quotas.forEach(({ entry, text, tpcs }, i) => {
    if (tpcs > 0 && whole[i] === 0) {
      entry.fail(
        'E_SCENARIO_QUOTA',
        `${text} of ${device.id}'s ${device.tpcCount} TPCs is less than one TPC`,
        `write at least ${Math.ceil(100 / device.tpcCount)}%, or quota: 1`,
      );
    }
  });
  return whole;
}

function checkSum(quotas: readonly StatedQuota[], device: ScenarioDevice): void {
  const total = quotas.reduce((sum, { tpcs }) => sum + tpcs, 0);
  if (total <= device.tpcCount + EPSILON) return;
  let sum = 0;
  const over = quotas.find(({ tpcs }) => {
    sum += tpcs;
    return sum > device.tpcCount + EPSILON;
  });
  const stated = quotas.filter(({ tpcs }) => tpcs > 0);
  const parts = stated.map(({ tenant, text }) => `${tenant} ${text}`).join(', ');
  const percent = Math.round((1000 * total) / device.tpcCount) / 10;
  over?.entry.fail(
    'E_SCENARIO_QUOTA',
    `the quotas add up to ${percent}% of ${device.id}, ${Math.round(total * 10) / 10} of ${device.tpcCount} TPCs (${parts})`,
    'lower the quotas so that they add up to 100% or less',
  );
}
