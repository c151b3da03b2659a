import { expect, it } from 'vitest';
import { memoryFolder, openRun, type RunData } from '../data/run-data.ts';
import { recordOf } from '../data/testing.ts';
import { differences } from './run-differences.ts';

const ATOM = { tenant: 0, stream: 0, start: 0, end: 10, tpcs: [0], stolen: [] };

async function run(
  durationNs: number,
  change: Readonly<Record<string, unknown>> = {},
): Promise<RunData> {
  const { data } = await openRun(memoryFolder('r', recordOf([ATOM], durationNs)));
  return { ...data, manifest: { ...data.manifest, ...change } };
}

it('tells what two scenarios differ in, and nothing where it is one', async () => {
  const one = await run(1000);
  expect(differences([one, await run(1000, { policy: 'mps', seed: 2 })])).toEqual([]);
  expect(differences([one, await run(2000, { backend: 'hw' })])).toEqual([
    'duration: 1000ns and 2000ns',
    'one ran on hardware, the other was simulated',
  ]);
});
