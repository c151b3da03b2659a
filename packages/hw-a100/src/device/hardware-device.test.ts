import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
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
});
