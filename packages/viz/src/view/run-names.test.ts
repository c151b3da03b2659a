import { expect, it } from 'vitest';
import type { RunData } from '../data/run-data.ts';
import { runNames } from './run-names.ts';

const run = (
  policy: string,
  seed: number,
  parameters: Readonly<Record<string, number>> = {},
  name = 'folder',
) => ({ name, manifest: { policy, seed, parameters } as unknown as RunData['manifest'] });

it('names runs by policy, and adds what sets apart those of one policy', () => {
  expect(runNames([run('lithos', 1), run('mps', 1)])).toEqual(['lithos', 'mps']);
  expect(runNames([run('lithos', 1), run('lithos', 2), run('mps', 2)])).toEqual([
    'lithos (seed 1)',
    'lithos (seed 2)',
    'mps',
  ]);
  expect(runNames([run('mps', 1, { a: 1, b: 2 }), run('mps', 1, { a: 3, b: 2 })])).toEqual([
    'mps (a 1)',
    'mps (a 3)',
  ]);
});

it('tells equal runs apart by their folders, and those of one folder by their place', () => {
  expect(runNames([run('mps', 1, {}, 'x'), run('mps', 1, {}, 'y')])).toEqual([
    'mps (x)',
    'mps (y)',
  ]);
  const names = runNames([run('mps', 1), run('mps', 1), run('mps', 2)]);
  expect(new Set(names).size).toBe(3);
});
