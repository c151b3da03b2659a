import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildStandIn } from '../testing/stand-in.ts';
import { measureTimeSlices, timeSlicesOf, WORK_NS } from './time-slices.ts';

const standIn = buildStandIn();

describe('time slices by what two processes saw', () => {
  it('are those that make them see that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e7 }),
        (switchNs, sliceNs) => {
          const turnNs = 2 * (WORK_NS + switchNs);
          const gapsNs = new Array<number>(9).fill(sliceNs + 2 * switchNs);
          expect(
            timeSlicesOf([
              { turnNs, gapsNs },
              { turnNs: turnNs + 5, gapsNs },
            ]),
          ).toEqual({
            slice_ns: sliceNs,
            switch_ns: switchNs,
          });
        },
      ),
    );
  });

  // data/h200: a process runs every 315 us, and blocks are frozen for 2,410 us.
  it('are those of an H200 where its figures are seen', () => {
    const seen = { turnNs: 315_000, gapsNs: new Array<number>(100).fill(2_410_000) };
    expect(timeSlicesOf([seen, seen])).toEqual({ slice_ns: 2_135_000, switch_ns: 137_500 });
  });

  it.each([
    ['kernels that never wait for each other', { turnNs: 31_000, gapsNs: [] }],
    ['no kernel that is frozen', { turnNs: 315_000, gapsNs: [] }],
    ['gaps that are shorter than two switches', { turnNs: 9e6, gapsNs: [6e4, 6e4, 6e4] }],
  ])('are not known from %s', (_, seen) => {
    expect(timeSlicesOf([seen, seen])).toHaveProperty('missing');
  });
});

describe.skipIf(standIn === undefined)('two processes on one device', () => {
  const before = { ...process.env };
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lithos-slices-'));
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    process.env = { ...before };
  });

  it('tell how they have it in turns', async () => {
    // Long, so that a busy machine's own delays do not count.
    process.env.LITHOS_STANDIN_SHARED = join(folder, 'shared');
    process.env.LITHOS_STANDIN_SWITCH_NS = '20000000';
    process.env.LITHOS_STANDIN_SLICE_NS = '200000000';
    const slices = await measureTimeSlices(0);
    if ('missing' in slices) throw new Error(slices.missing);
    expect(slices.switch_ns).toBeGreaterThan(15e6);
    expect(slices.slice_ns).toBeCloseTo(240e6 - 2 * slices.switch_ns, -1);
  });

  it('say that they do not', async () => {
    expect(await measureTimeSlices(0)).toEqual({
      missing: expect.stringContaining('did not take turns'),
    });
  });

  it('are ended where one cannot run, and the reason is given', async () => {
    process.env.LITHOS_STANDIN_FAULT = 'cuModuleLoadDataEx:1:218';
    expect(await measureTimeSlices(0)).toEqual({
      missing: expect.stringContaining('CUDA_ERROR_INVALID_PTX'),
    });
  });

  it('are ended when they take too long', async () => {
    process.env.LITHOS_STANDIN_FAULT = 'hang:1:0';
    expect(await measureTimeSlices(0, 2_000)).toEqual({
      missing: expect.stringContaining('SIGKILL'),
    });
  });
});
