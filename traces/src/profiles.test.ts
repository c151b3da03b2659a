import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { parseProfile } from './profiles.ts';

const GOOD = {
  schema: 'lithos/kernel-profile@1',
  id: 'toy-b1',
  kind: 'inference',
  model: 'toy',
  batch: 1,
  measured: { device: 'h200', smClockMhz: 1980, driver: '580' },
  iterationNs: 3000,
  meanPowerW: 200,
  kernels: [
    {
      name: 'k',
      grid: [4, 1, 1],
      block: [128, 1, 1],
      registersPerThread: 32,
      sharedMemoryBytes: 0,
    },
  ],
  sequence: [0, 0],
  tpcCounts: [1, 66],
  durationNs: [
    [2000, 2000],
    [1000, 1000],
  ],
  work: {
    dramBytes: [1, 2],
    dramWriteBytes: [0, 1],
    l2Bytes: [3, 4],
    coldShare: [0, 0.5],
    tensorActive: [0, 1],
    warpInstructions: [5, 6],
    source: 'cs',
  },
};

const parse = (change: object) => parseProfile(JSON.stringify({ ...GOOD, ...change }), 'toy.json');

describe('parseProfile', () => {
  it('returns a sound profile as it is', () => {
    expect(parse({})).toEqual(GOOD);
    expect(parse({ phase: 'decode', contextLength: 512 }).contextLength).toBe(512);
  });

  it.each([
    ['schema', { schema: 'other@1' }, 'schema is "other@1"'],
    ['id', { id: '' }, 'id must be a text'],
    ['kind', { kind: 'other' }, 'kind is "other", expected inference or training'],
    ['phase', { phase: 'other' }, 'phase is'],
    ['batch', { batch: 0 }, 'batch must be a positive integer'],
    ['measured', { measured: undefined }, 'measured must be an object'],
    ['iterationNs', { iterationNs: -1 }, 'iterationNs must be a positive number'],
    ['kernels', { kernels: [{ ...GOOD.kernels[0], grid: [1, 1] }] }, 'kernels[0].grid'],
    ['an empty sequence', { sequence: [] }, 'sequence is empty'],
    ['an index', { sequence: [0, 1] }, 'sequence[1] is 1, expected an index below 1'],
    ['tpcCounts', { tpcCounts: [66, 1] }, 'ascending'],
    ['rows', { durationNs: [[1, 1]] }, 'durationNs has 1 rows, expected 2'],
    ['lengths', { durationNs: [[1], [1, 1]] }, 'durationNs[0] has 1 entries, expected 2'],
    [
      'negative times',
      {
        durationNs: [
          [1, -1],
          [1, 1],
        ],
      },
      'durationNs[0][1] is -1',
    ],
    [
      'NaN',
      {
        durationNs: [
          [1, Number.NaN],
          [1, 1],
        ],
      },
      'durationNs[0][1] is null',
    ],
    ['work', { work: { ...GOOD.work, dramBytes: [1] } }, 'work.dramBytes has 1 entries'],
    ['shares', { work: { ...GOOD.work, tensorActive: [0, 2] } }, 'exceeds 1'],
    ['sources', { work: { ...GOOD.work, source: 'cx' } }, 'work.source'],
  ])('refuses bad %s', (_, change, message) => {
    expect(() => parse(change)).toThrow(LithosError);
    expect(() => parse(change)).toThrow('toy.json: ');
    expect(() => parse(change)).toThrow(message);
  });

  it('refuses what is no JSON', () => {
    expect(() => parseProfile('{', 'toy.json')).toThrow('toy.json: not JSON');
    expect(() => parseProfile('[]', 'toy.json')).toThrow('the profile must be an object');
  });
});
