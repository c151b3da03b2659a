import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertMeasurements } from '../convert-measurements.ts';
import { profilesFolder } from '../profile-store.ts';
import { sharedData } from '../shared-data.ts';
import { type AlignedLaunch, align } from './align.ts';
import { estimateWork } from './estimate.ts';
import { canonicalName, likeness } from './kernel-names.ts';

describe('canonicalName', () => {
  it('makes two demanglers agree', () => {
    const a = canonicalName(
      'void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<c10::Half, float, tru',
    );
    const b = canonicalName(
      'void native::<unnamed>::vectorized_layer_norm_kernel<c10::Half, float, 1>(int)',
    );
    expect(a.base).toBe('vectorized_layer_norm_kernel');
    expect(b.base).toBe(a.base);
    expect(likeness(a, b)).toBeGreaterThan(0.4);
  });

  it('drops the cluster of cuBLAS kernels', () => {
    const base = (name: string): string => canonicalName(name).base;
    expect(base('nvjet_sm90_hsh_128x8_64x12_4x1_v_bz_TNT')).toBe(
      base('nvjet_sm90_hsh_128x8_64x12_2x1_v_bz_TNT'),
    );
    expect(base('nvjet_sm90_hsh_128x8_64x12_2x1_v_bz_TNT')).not.toBe(
      base('nvjet_sm90_hsh_64x8_64x12_2x1_v_bz_TNT'),
    );
  });
});

describe('align', () => {
  const launch = (name: string, blocks: number, durationNs = 1000): AlignedLaunch => ({
    name: canonicalName(name),
    grid: [blocks, 1, 1],
    block: [128, 1, 1],
    durationNs,
  });

  it('repeats the one layer that was counted', () => {
    const counted = ['embed', 'norm', 'gemm', 'add', 'head'].map((n) => launch(n, 4));
    const layer = ['norm', 'gemm', 'add'];
    const names = ['embed', ...layer, ...layer, ...layer, 'head'];
    const found = align(
      names.map((n) => launch(n, 4)),
      counted,
    );
    expect([...found]).toEqual([0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4]);
  });

  it('leaves launches alone that were not counted, and skips counted ones', () => {
    const counted = [launch('a', 1), launch('x', 1), launch('b', 2), launch('c', 3)];
    const launches = [launch('a', 1), launch('memset', 0), launch('b', 2), launch('c', 4)];
    expect([...align(launches, counted)]).toEqual([0, -1, 2, -1]);
  });

  it('tells equal shapes apart by order', () => {
    const counted = [launch('g', 4, 100), launch('n', 1), launch('g', 4, 900)];
    const launches = [launch('g', 4, 110), launch('n', 1), launch('g', 4, 950)];
    expect([...align(launches, counted)]).toEqual([0, 1, 2]);
  });

  it('copes with nothing', () => {
    expect([...align([launch('a', 1)], [])]).toEqual([-1]);
    expect([...align([], [launch('a', 1)])]).toEqual([]);
  });
});

describe('estimateWork', () => {
  const kernel = {
    name: 'k',
    grid: [4096, 1, 1],
    block: [128, 1, 1],
    registers_per_thread: 32,
    shared_memory_bytes: 0,
  } as const;

  it('takes what does not get faster beyond 16 TPCs for memory bound', () => {
    const { dramBytes } = estimateWork(kernel, 'k', () => 101_500);
    expect(dramBytes).toBe(4560 * 100_000);
  });

  it('takes what gets faster with every TPC for compute bound', () => {
    const { dramBytes } = estimateWork(kernel, 'gemm', (n) => (66 / n) * 101_500);
    expect(dramBytes).toBeCloseTo(0, 3);
  });

  it('knows what copies and memsets move', () => {
    const copy = { ...kernel, grid: [1000, 1, 1] as const };
    const bytes = (name: string): number =>
      estimateWork({ ...copy, name }, name, () => 1000).dramBytes;
    expect([bytes('gpu_memset:x'), bytes('gpu_memcpy:x')]).toEqual([1000, 2000]);
  });
});

const MEASUREMENTS = sharedData('data/h200');

describe.skipIf(MEASUREMENTS === undefined)('the conversion', () => {
  it('gives the profiles and the table that ship, byte for byte', () => {
    const to = mkdtempSync(join(tmpdir(), 'lithos-convert-'));
    const readme = readFileSync(join(profilesFolder, 'README.md'), 'utf8');
    writeFileSync(join(to, 'README.md'), readme.replace(/\n\| [\w-]+-b\d+ .*/g, ''));
    convertMeasurements(MEASUREMENTS ?? '', to);
    const files = readdirSync(profilesFolder);
    expect(readdirSync(to).sort()).toEqual(files.sort());
    for (const file of files) {
      const [made, shipped] = [to, profilesFolder].map((f) => readFileSync(join(f, file), 'utf8'));
      expect(made === shipped, file).toBe(true);
    }
    rmSync(to, { recursive: true });
  });
});

it('says which measurements are missing', () => {
  expect(() => convertMeasurements('/does/not/exist', '/neither')).toThrow('kernel-traces.json.gz');
});
