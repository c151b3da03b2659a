import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModel } from '../models.ts';
import { listProfiles, loadProfile } from './profile-store.ts';

/** Measured peak of an H200's DRAM, bytes per ns. */
const DRAM_PEAK = 4560;

describe('the profiles that ship', () => {
  it('are 29', () => {
    expect(listProfiles().length).toBe(29);
  });

  it.each(listProfiles())('%s is sound', (id) => {
    const profile = loadProfile(id);
    expect(profile.tpcCounts.at(-1)).toBe(66);
    const wholeDevice = profile.durationNs.at(-1) ?? [];
    const total = wholeDevice.reduce((sum, ns) => sum + ns, 0);
    // The launches follow each other, so their times add up to the iteration but for the gaps.
    expect(total).toBeGreaterThan(0.8 * profile.iterationNs);
    expect(total).toBeLessThan(1.05 * profile.iterationNs);
    profile.work.dramBytes.forEach((bytes, p) => {
      expect(bytes).toBeLessThanOrEqual(Math.ceil(DRAM_PEAK * (wholeDevice[p] ?? 0)));
    });
    expect(findModel(profile.model)).toBeDefined();
  });

  it('read the weights in each decode step', () => {
    const moved = loadProfile('llama3-8b-decode-b8-c1024').work.dramBytes;
    const gigabytes = moved.reduce((sum, bytes) => sum + bytes, 0) / 1e9;
    // 15 GB of weights without the embedding, 1.1 GB of KV cache.
    expect(gigabytes).toBeGreaterThan(14.5);
    expect(gigabytes).toBeLessThan(19);
  });
});

describe('loadProfile', () => {
  it('names the nearest profile', () => {
    expect(() => loadProfile('resnet50-b88')).toThrow("did you mean 'resnet50-b8'");
  });

  it('does not leave its folder, and knows a folder that is not there', () => {
    expect(() => loadProfile('../package')).toThrow('unknown profile');
    expect(listProfiles('/does/not/exist')).toEqual([]);
  });

  it('says which file is bad', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lithos-profiles-'));
    writeFileSync(join(folder, 'bad.json'), '{}');
    expect(() => loadProfile('bad', folder)).toThrow('bad.json: schema is');
    rmSync(folder, { recursive: true });
  });
});
