import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KernelProfile } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { parseLookAlikeCalibration } from './calibration.ts';
import { lookAlikeProfile } from './profile.ts';
import { HOPPER_SM } from './testing/model-timer.ts';
import { profileOf } from './testing/profile.ts';

const SMS = 132;
const profile = profileOf([40_000, 90_000], [10_000, 30_000]);
const work = { turns: 100, chain: 3, units: 1000, writes: 200, lead: 7 };
const calibration = {
  schema: 'lithos/look-alikes@1',
  profile: 'p',
  device: 'NVIDIA H200',
  kernels: 'k',
  tpcCounts: [8, 66],
  groups: [
    { work, targetNs: [40_000, 10_000], measuredNs: [44_000, 10_500] },
    { work: { ...work, writes: 0 }, targetNs: [90_000, 30_000], measuredNs: [90_000, 30_000] },
  ],
  group: [0, 1],
} as const;
const played = (p: KernelProfile = profile) =>
  lookAlikeProfile(p, calibration, 'h200', HOPPER_SM, SMS);

describe('the profile of look-alikes', () => {
  it('has their times where they were measured, less what they save in a graph', () => {
    // The gap of 720 ns, and 160 ns more.
    const { durationNs, iterationNs } = played();
    expect(durationNs).toEqual([
      [44_000 - 880, 90_000 - 880],
      [10_500 - 880, 30_000 - 880],
    ]);
    expect(iterationNs).toBe(10_500 + 30_000 + 2 * (720 - 880));
  });

  it('goes by the profile between and beyond, as the look-alike does on the counts around', () => {
    const between = { ...profile, tpcCounts: [4, 23, 66] };
    const { durationNs } = played({
      ...between,
      durationNs: [[80_000, 180_000], [20_000, 50_000], profile.durationNs[1] ?? []],
    });
    const share = Math.log(23 / 8) / Math.log(66 / 8);
    const ratio = 1.1 * (1 - share) + 1.05 * share;
    expect(durationNs[0]?.[0]).toBe(Math.round(80_000 * 1.1 - 880));
    expect(durationNs[1]?.[0]).toBe(Math.round(20_000 * ratio - 880));
  });

  it('moves each byte through L2 and DRAM once, and has nothing for others to drive out', () => {
    const { work: moved, synthetic, kernels } = played();
    expect(synthetic).toBe(true);
    expect(moved.dramBytes).toEqual([16 * 14 * 1200, 16 * 14 * 1000]);
    expect(moved.dramWriteBytes).toEqual([16 * 14 * 200, 0]);
    expect(moved.l2Bytes).toEqual(moved.dramBytes);
    expect([...moved.coldShare, ...moved.tensorActive]).toEqual([0, 0, 0, 0]);
    expect(moved.warpInstructions[0]).toBeCloseTo(
      14 * (8.5 * 100 + 7 * 3 + (10 * 1000 + 6 * 200) / 32) + 7 * 7,
    );
    expect(kernels).toEqual([
      {
        name: 'look-alike of k',
        grid: [14, 1, 1],
        block: [128, 1, 1],
        registersPerThread: 32,
        sharedMemoryBytes: 0,
      },
    ]);
  });

  it('is on the device that was calibrated, on as many TPCs as it has', () => {
    const wide = { ...profile, tpcCounts: [8, 66, 72], durationNs: [[], [], []] };
    const { tpcCounts, measured } = lookAlikeProfile(wide, calibration, 'mine', HOPPER_SM, SMS);
    expect(tpcCounts).toEqual([8, 66]);
    expect(measured.device).toBe('mine');
  });
});

describe('the shipped calibrations', () => {
  const folder = fileURLToPath(new URL('../../calibration/nvidia-h200/', import.meta.url));
  const profiles = fileURLToPath(new URL('../../../../traces/profiles/', import.meta.url));

  it.each(readdirSync(folder))('%s gives a profile of sound times', (file) => {
    const of = JSON.parse(readFileSync(profiles + file, 'utf8')) as KernelProfile;
    const found = parseLookAlikeCalibration(readFileSync(folder + file, 'utf8'), file);
    const { durationNs, sequence, iterationNs } = lookAlikeProfile(
      of,
      found,
      'h200',
      HOPPER_SM,
      SMS,
    );
    expect(sequence).toHaveLength(of.sequence.length);
    for (const row of durationNs) {
      expect(row).toHaveLength(sequence.length);
      expect(Math.min(...row)).toBeGreaterThan(0);
    }
    // Nearly what the profiled kernels take; those of batch 1 have long gaps of their own.
    expect(iterationNs / of.iterationNs).toBeGreaterThan(0.8);
    expect(iterationNs / of.iterationNs).toBeLessThan(1.2);
  });
});
