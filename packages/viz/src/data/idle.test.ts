import { describe, expect, it } from 'vitest';
import { gapsOf, type IdleReason, idleReason } from './idle.ts';
import { depthOf } from './requests.ts';
import { memoryFolder, openRun } from './run-data.ts';
import { recordOf, type TestAtom, type TestRequest } from './testing.ts';

const CHAT = [0, 1];

/** Why TPC 0, in the quota of `chat`, is idle in each of its gaps. */
async function reasons(
  atoms: readonly TestAtom[],
  requests: readonly TestRequest[],
  policy = 'lithos',
): Promise<readonly (readonly [from: number, to: number, reason: IdleReason])[]> {
  const { data } = await openRun(memoryFolder('r', recordOf(atoms, 1000, requests, policy)));
  if (data.atoms === undefined || data.requests === undefined) throw new Error('no atoms');
  const depths = data.tenants.map((_, t) => depthOf(data.requests as never, t));
  const c = data.atoms.classes.ofTpc[0] as number;
  return gapsOf(data, c, 0, 1000).map((gap) => [
    gap.from,
    gap.to,
    idleReason(data, depths, 0, gap),
  ]);
}

const atom = (start: number, end: number, more: Partial<TestAtom> = {}): TestAtom => ({
  tenant: 0,
  stream: 0,
  start,
  end,
  tpcs: CHAT,
  stolen: [],
  ...more,
});
const request = (tenant: number, arrival: number, end: number): TestRequest => ({
  tenant,
  arrival,
  start: arrival,
  end,
  met: true,
});

describe('idleReason', () => {
  it('is a lack of work where no request is in the system', async () => {
    const found = await reasons(
      [atom(100, 200), atom(500, 600)],
      [request(0, 90, 210), request(0, 490, 610)],
    );
    expect(found[0]).toEqual([0, 100, 'no-work']);
    expect(found.at(-1)).toEqual([600, 1000, 'no-work']);
  });

  it('is a launch gap where the next atom had been submitted', async () => {
    const atoms = [atom(100, 200), atom(205, 300, { submitted: 100 })];
    expect((await reasons(atoms, [request(0, 0, 400)]))[1]).toEqual([200, 205, 'launch-gap']);
  });

  it('is work held back where the next launch of the same step came late', async () => {
    const atoms = [atom(100, 200), atom(260, 300, { submitted: 258 })];
    expect((await reasons(atoms, [request(0, 0, 400)]))[1]).toEqual([200, 260, 'held-back']);
  });

  it('is between steps where the next atom is of another step', async () => {
    const atoms = [atom(100, 200), atom(260, 300, { request: 1, submitted: 259 })];
    expect((await reasons(atoms, [request(0, 0, 400)]))[1]).toEqual([200, 260, 'between-steps']);
  });

  it('is a reserve where the owner has no work and another tenant has', async () => {
    const atoms = [
      atom(100, 200),
      atom(0, 900, { tenant: 2, stream: 2, tpcs: [50] }),
      atom(600, 700, { tenant: 2, stream: 3, stolen: [0] }),
    ];
    const found = await reasons(atoms, [request(0, 0, 200), request(2, 0, 950)]);
    expect(found[1]).toEqual([200, 600, 'reserved']);
  });

  it('is a reserve between two requests of the owner while another tenant has work', async () => {
    const atoms = [
      atom(100, 200),
      atom(600, 700, { request: 1, submitted: 590 }),
      atom(0, 900, { tenant: 2, stream: 2, tpcs: [50] }),
    ];
    const requests = [request(0, 90, 210), request(0, 580, 710), request(2, 0, 950)];
    expect((await reasons(atoms, requests)).slice(0, 3)).toEqual([
      [0, 100, 'reserved'],
      [200, 600, 'reserved'],
      [700, 1000, 'reserved'],
    ]);
  });

  it.each(['mig', 'tpc-partition'])(
    'is a reserve under %s, whose parts are never lent',
    async (policy) => {
      const atoms = [
        atom(100, 200),
        atom(600, 700, { request: 1, submitted: 590 }),
        atom(0, 900, { tenant: 2, stream: 2, tpcs: [50] }),
      ];
      const requests = [request(0, 90, 210), request(0, 580, 710), request(2, 0, 950)];
      expect((await reasons(atoms, requests, policy))[1]).toEqual([200, 600, 'reserved']);
      expect((await reasons(atoms, requests, 'mps'))[1]?.[2]).not.toBe('reserved');
    },
  );

  it('is the borrower’s own gap where a loan goes on', async () => {
    const loan = { tenant: 2, stream: 2, stolen: CHAT };
    const atoms = [atom(100, 200, loan), atom(300, 400, { ...loan, submitted: 295 })];
    expect((await reasons(atoms, [request(2, 0, 500)]))[1]).toEqual([200, 300, 'held-back']);
  });

  it('is not held back before the first step', async () => {
    const atoms = [atom(100, 200, { submitted: 95 })];
    expect((await reasons(atoms, [request(0, 0, 400)]))[0]).toEqual([0, 100, 'between-steps']);
  });

  it('is outside the set where its owner runs elsewhere', async () => {
    const atoms = [
      atom(100, 200),
      atom(200, 400, { tpcs: [5] }),
      atom(400, 500, { submitted: 399 }),
    ];
    expect((await reasons(atoms, [request(0, 0, 600)]))[1]).toEqual([200, 400, 'fewer-tpcs']);
  });
});
