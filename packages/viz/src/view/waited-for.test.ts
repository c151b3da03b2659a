import { expect, it } from 'vitest';
import { readDetail } from '../data/detail.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { memoryFolder, openRun } from '../data/run-data.ts';
import { recordOf, type TestAtom } from '../data/testing.ts';
import { waitedFor } from './waited-for.ts';

/** Whom the last atom waited for: the tenant of the atom, or nobody. */
async function blocker(atoms: readonly TestAtom[], last: TestAtom): Promise<number | undefined> {
  const { data, table } = await openRun(memoryFolder('r', recordOf([...atoms, last], 1000)));
  if (data.atoms === undefined || table === undefined) throw new Error('no atoms');
  const found = data.atoms.tracks.findIndex(({ stream }) => stream === last.stream);
  const track = data.atoms.tracks[found];
  const index = (track?.start.length ?? 0) - 1;
  if (track === undefined) throw new Error('no such stream');
  const detail = await readDetail(table, track.row[index] as number);
  const selection = { kind: 'atom', run: { data } as OpenRun, track: found, index } as const;
  const other = waitedFor(selection, track, detail);
  return other && data.atoms.tracks[other.track]?.tenant;
}

const atom = (tenant: number, start: number, end: number, tpcs: readonly number[]): TestAtom => ({
  tenant,
  stream: tenant,
  start,
  end,
  tpcs,
  stolen: [],
});

it('finds the atom that held the TPCs, or the stream, until this one began', async () => {
  const others = [atom(1, 0, 300, [0, 1]), atom(2, 0, 400, [7])];
  // Submitted while another had its TPCs: it waited for that one, not for the later end elsewhere.
  expect(await blocker(others, { ...atom(0, 405, 500, [1]), submitted: 200 })).toBe(1);
  // Submitted when all was free.
  expect(await blocker(others, { ...atom(0, 405, 500, [1]), submitted: 350 })).toBeUndefined();
  // Behind its own stream, on other TPCs.
  const own = [...others, atom(0, 310, 404, [30])];
  expect(await blocker(own, { ...atom(0, 405, 500, [1]), submitted: 200 })).toBe(0);
});
