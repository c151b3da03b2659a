import { LithosError } from '@lithos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cleanup } from '../device/cleanup.ts';
import { readDeviceInfo } from '../device/info.ts';
import { openDriver } from '../device/open.ts';
import { measureLaunchCosts } from '../doctor/launch-costs.ts';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { openDeviceTimer } from './device-timer.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('what measures, on a driver that fails', () => {
  let control: StandInControl;
  beforeEach(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    control = new StandInControl(standIn?.cuda ?? '');
  });
  afterEach(() => control.faults(''));

  function openTimer(): void {
    const cleanup = new Cleanup();
    try {
      const { cuda, device } = openDriver(0, cleanup);
      const info = readDeviceInfo(cuda, device, 'gpu', 1, []);
      const stream = cuda.createStream(0);
      cleanup.add(() => cuda.destroyStream(stream));
      const tpcs = info.tpcs.size;
      openDeviceTimer({
        cuda,
        name: info.name,
        sm: info.sm,
        sms: 2 * tpcs,
        tpcs,
        streamOn: () => stream,
      });
    } finally {
      cleanup.run();
    }
  }

  it.each([
    ['cuMemAlloc_v2:1', openTimer],
    ['cuMemAlloc_v2:2', openTimer],
    ['cuModuleGetFunction:1', openTimer],
    ['cuLaunchKernel:1', openTimer],
    ['cuGreenCtxStreamCreate:1', () => measureLaunchCosts()],
    ['cuEventCreate:1', () => measureLaunchCosts()],
  ])('nothing stays open after %s', (fault, measure) => {
    const before = control.handles();
    control.faults(`${fault}:999`);
    expect(measure).toThrow(LithosError);
    control.faults('');
    expect(control.handles()).toBe(before);
  });
});
