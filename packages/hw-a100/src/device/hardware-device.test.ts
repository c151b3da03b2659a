import { Submission, TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { spinShape } from '../bench/shapes.ts';
import { spinPlan } from '../kernels/spin.ts';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('a device on the stand-in driver', () => {
  process.env.LITHOS_LIBCUDA = standIn?.cuda;

  it('opens, and leaves nothing open', () => {
    const control = new StandInControl(standIn?.cuda ?? '');
    const device = openHardware();
    expect(device.info.tpcs.equals(TpcSet.range(0, 66))).toBe(true);
    expect(device.info.capabilities.tpcGranularity).toBe(1);
    device.close();
    expect(control.handles()).toBe(0);
  });

  it('knows when equal segments ran, however late it looks', async () => {
    const device = openHardware();
    const ran: [number, number][] = [];
    device.attach({
      submissionCompleted: ({ startNs, endNs }) => void ran.push([startNs, endNs]),
      timerFired: () => {},
      clockChanged: () => {},
      fault: (error) => {
        throw error;
      },
    });
    device.openTenant(0, { kind: 'shared' });
    device.openStream(0, 0);
    const plan = spinPlan(4, 32, 2e6);
    const work = device.prepareSegment([plan, plan], spinShape(0, 4, 32), 0);
    await device.advance(1e6);
    const tpcs = device.info.tpcs;
    for (let i = 0; i < 4; i++) {
      const submission = new Submission();
      device.submit(Object.assign(submission, { work, blockEnd: 1, tpcs }));
    }
    // The host pauses until all that it launched has ended.
    const until = performance.now() + 30;
    while (performance.now() < until);
    while (ran.length < 4) await device.advance(device.now() + 1e6);
    device.close();
    // Each begins when the one before it is through, and takes its 4 ms.
    ran.forEach(([start, end], i) => {
      expect(start).toBeGreaterThanOrEqual((ran[i - 1]?.[1] ?? 0) - 1e5);
      expect(end - start).toBeGreaterThan(3.9e6);
    });
  });
});
