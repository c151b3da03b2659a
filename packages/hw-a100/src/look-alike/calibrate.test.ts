import { readdirSync, readFileSync } from 'node:fs';
import { type KernelProfile, LithosError } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateLookAlikes } from './calibrate.ts';
import {
  BUFFER_UNITS,
  lookAlikes,
  parseLookAlikeCalibration,
  printLookAlikeCalibration,
} from './calibration.ts';
import { type Amounts, correctedSlope, nextWork } from './fit.ts';
import { fittedCounts, groupPositions } from './groups.ts';
import { span } from './kernel.ts';
import { lookAlikeModule, lookAlikePlans } from './plans.ts';
import { lookAlikeErrors } from './report.ts';
import { HOPPER_SM, modelTimer } from './testing/model-timer.ts';
import { profileOf } from './testing/profile.ts';

const PROFILES = new URL('../../../../traces/profiles/', import.meta.url);
const CALIBRATIONS = new URL('../../calibration/nvidia-h200/', import.meta.url);

const shipped = (id: string): KernelProfile =>
  JSON.parse(readFileSync(new URL(`${id}.json`, PROFILES), 'utf8')) as KernelProfile;

describe('the search for work', () => {
  it('finds amounts that explain the times, and none below zero', () => {
    const amount = fc.integer({ min: 0, max: 1000 });
    const slope = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.tuple(amount, amount, amount, amount), slope, (truth, numbers) => {
        const rows = [0, 1, 2, 3].map((r) => numbers.slice(4 * r, 4 * r + 4) as unknown as Amounts);
        const times = rows.map((row) => row.reduce((sum, v, i) => sum + v * (truth[i] ?? 0), 0));
        const found = nextWork({
          at: [0, 0, 0, 0],
          slope: rows,
          missing: times,
          weight: [1, 1, 1, 1],
          prior: [0, 0, 0, 0],
          pull: [1e-6, 1e-6, 1e-6, 1e-6],
          kinds: [0, 1, 2, 3],
        });
        expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
        rows.forEach((row, r) => {
          const time = row.reduce((sum, v, i) => sum + v * (found[i] ?? 0), 0);
          expect(Math.abs(time - (times[r] ?? 0))).toBeLessThan(1e-3 * (1 + (times[r] ?? 0)));
        });
      }),
    );
  });

  it('uses only the kinds that it may', () => {
    const one: Amounts = [1, 1, 1, 5];
    const step = { at: [0, 0, 0, 0], slope: [one], missing: [100], weight: [1] } as const;
    const rest = { prior: [0, 0, 0, 0], pull: [1e-3, 1e-3, 1e-3, 1e-3] } as const;
    expect(nextWork({ ...step, ...rest, kinds: [0] }).map(Math.round)).toEqual([100, 0, 0, 0]);
    expect(nextWork({ ...step, ...rest, kinds: [3] }).map(Math.round)).toEqual([0, 0, 0, 20]);
  });

  it('corrects slopes so that they explain the last step', () => {
    const slope: Amounts[] = [
      [2, 0, 1, 0],
      [4, 4, 4, 4],
    ];
    const moved: Amounts = [10, 0, 20, 5];
    const next = correctedSlope(slope, moved, [60, 100], [10, 10, 10, 10]);
    const explained = next.map((row) => row.reduce((sum, v, i) => sum + v * (moved[i] ?? 0), 0));
    expect(explained[0]).toBeCloseTo(60);
    expect(explained[1]).toBeCloseTo(100);
    expect(correctedSlope(slope, [0, 0, 0, 0], [1, 1], [1, 1, 1, 1])).toEqual(slope);
  });
});

describe('groups of launches', () => {
  it('join positions of one kernel whose times agree, and keep the sum', () => {
    const profile = profileOf([80_000, 81_000, 200_000, 80_500], [10_000, 10_100, 30_000, 10_050]);
    const groups = groupPositions(profile, [8, 66]);
    expect(groups.map((group) => [...group.positions].sort())).toEqual([[0, 1, 3], [2]]);
    expect(groups[0]?.targetNs).toEqual([80_500, 10_050]);
  });

  it('tell apart what takes the same time on the whole device only', () => {
    const profile = profileOf([80_000, 20_000], [10_000, 10_000]);
    expect(groupPositions(profile, [8, 66])).toHaveLength(2);
  });

  it('are fitted at counts that both the profile and the device have', () => {
    const profile = { ...profileOf([1], [1]), tpcCounts: [4, 8, 16, 24, 33, 44, 54, 66] };
    expect(fittedCounts(profile, 66)).toEqual([8, 16, 33, 66]);
    expect(fittedCounts(profile, 54)).toEqual([8, 16, 33, 54]);
    expect(fittedCounts(profile, 20)).toEqual([8, 16]);
  });
});

describe('calibration', () => {
  it('matches a profile on a device whose physics is what look-alikes assume', () => {
    const profile = shipped('bert-large-s384-b1');
    const calibration = calibrateLookAlikes(modelTimer(), profile);
    const errors = lookAlikeErrors(calibration);
    expect(errors.map((error) => error.tpcs)).toEqual([8, 16, 33, 66]);
    expect(errors[3]?.within5).toBeGreaterThan(0.9);
    for (const error of errors) {
      expect(error.within15).toBeGreaterThan(0.9);
      expect(Math.abs(error.total - 1)).toBeLessThan(0.05);
    }
  });

  it('gives every position a launch, and each fresh memory', () => {
    const profile = shipped('dlrm-b2048');
    const calibration = calibrateLookAlikes(modelTimer(), profile);
    const launches = lookAlikes(profile, calibration, HOPPER_SM, 132);
    expect(launches).toHaveLength(profile.sequence.length);
    launches.forEach((launch, i) => {
      const next = launches[i + 1];
      const end = (launch.start + span(launch, launch.work)) % BUFFER_UNITS;
      if (next !== undefined) expect(next.start).toBe(end);
      expect(launch.start % 4096).toBe(0);
    });
  });

  it('is kept as text, and read back', () => {
    const calibration = calibrateLookAlikes(
      modelTimer(),
      profileOf([80_000, 9_000], [10_000, 2_000]),
    );
    const text = printLookAlikeCalibration(calibration);
    expect(parseLookAlikeCalibration(text, 'file')).toEqual(calibration);
    const wrong = (change: object): string => JSON.stringify({ ...calibration, ...change });
    for (const bad of [
      'no json',
      'null',
      wrong({ schema: 'x' }),
      wrong({ kernels: 1 }),
      wrong({ group: [7, 0] }),
      wrong({ groups: [{ work: { turns: -1, chain: 0, units: 0, writes: 0, lead: 0 } }] }),
      wrong({ groups: [{ ...calibration.groups[0], targetNs: [1] }] }),
      wrong({ groups: 3 }),
    ]) {
      expect(() => parseLookAlikeCalibration(bad, 'file')).toThrow(LithosError);
    }
  });

  it('is refused for another profile, and for other kernels', () => {
    const profile = profileOf([80_000], [10_000]);
    const calibration = calibrateLookAlikes(modelTimer(), profile);
    expect(() => lookAlikes({ ...profile, id: 'q' }, calibration, HOPPER_SM, 132)).toThrow(
      /of profile 'p'/,
    );
    expect(() => lookAlikePlans(profile, calibration, HOPPER_SM, 132)).toThrow(
      /look-alike kernels model/,
    );
  });
});

describe('the calibrations that ship', () => {
  it.each(readdirSync(CALIBRATIONS))('%s belongs to its profile and to the kernels', (file) => {
    const text = readFileSync(new URL(file, CALIBRATIONS), 'utf8');
    const calibration = parseLookAlikeCalibration(text, file);
    const profile = shipped(file.replace('.json', ''));
    expect(calibration.kernels).toBe(lookAlikeModule().version);
    const plans = lookAlikePlans(profile, calibration, HOPPER_SM, 132);
    expect(plans).toHaveLength(profile.sequence.length);
    // As many parameters as the entry has.
    const [plan] = plans;
    const head = lookAlikeModule().ptx.split(`.entry ${plan?.entry}(`)[1]?.split(')')[0];
    expect(plan?.parameters).toHaveLength(head?.match(/\.param/g)?.length ?? 0);
  });
});
