import { KernelInterner } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { a100_80gb } from '../devices/a100-80gb.ts';
import { h200 } from '../devices/h200.ts';
import { Rig } from '../testing/rig.ts';
import { occupancyBandwidth, rooflineKernel } from './roofline.ts';

const GB = 1e9;
const SMS = 108;
/** Fitted: a little more than the one double that a thread of `scale` loads at a time. */
const IN_FLIGHT = 8.37;

/** GB/s of a grid that stays on the device with so many threads and moves 100 GB. */
function achieved(threads: number): number {
  const blocks = threads > SMS * 1024 ? 2 * SMS : SMS;
  const work = rooflineKernel(
    a100_80gb,
    {
      name: 'scale',
      blocks,
      threadsPerBlock: threads / blocks,
      dramBytes: 100 * GB,
      writeShare: 0.5,
      bytesInFlight: IN_FLIGHT,
    },
    'stream',
    new KernelInterner(),
  );
  const rig = new Rig(a100_80gb);
  rig.submit(rig.stream(), work);
  const [done] = rig.run(1000 * GB);
  return (100 * GB) / ((done?.endNs ?? 0) - (done?.startNs ?? 0));
}

// Source: RRZE gpu-benches gpu-stream, A100-80GB, `scale`.
describe('DRAM bandwidth against occupancy on an A100-80GB', () => {
  it.each([
    [13_824, 303],
    [27_648, 579],
    [55_296, 1025],
    [82_944, 1379],
    [110_592, 1577],
    [221_184, 1737],
  ])('at %d threads is %d GB/s', (threads, measured) => {
    expect(Math.abs(achieved(threads) / measured - 1)).toBeLessThan(0.05);
  });
});

// Source: microbenchmarks.jsonl, mode `occupancy`, `work_read`, 1 to 4 blocks an SM.
describe('the same law on the H200', () => {
  it.each([
    [8448, 1113],
    [16_896, 2082],
    [33_792, 3506],
    [67_584, 4423],
    [135_168, 4604],
  ])('at %d threads gives %d GB/s', (threads, measured) => {
    // 46 bytes in flight a thread: fitted to its unrolled 16-byte loads.
    expect(Math.abs(occupancyBandwidth(h200, threads, 46) / measured - 1)).toBeLessThan(0.05);
  });
});
