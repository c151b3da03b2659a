import { PORT_CONTRACT, Submission } from '@lithos/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { contractRig } from './contract.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('the port of a real device, on the stand-in driver', () => {
  let control: StandInControl;
  beforeAll(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    control = new StandInControl(standIn?.cuda ?? '');
  });

  for (const { name, applies, run } of PORT_CONTRACT) {
    it(name, async () => {
      control.faults('');
      const device = openHardware();
      const rig = contractRig(device, () => control.lose(719));
      try {
        expect(applies(rig)).toBe(true);
        await run(rig);
      } finally {
        device.close();
        control.forget();
      }
    }, 60_000);
  }

  it('takes nothing more after a launch that failed, and closes', async () => {
    control.faults('');
    const device = openHardware();
    const rig = contractRig(device);
    device.attach({
      submissionCompleted: () => {},
      timerFired: () => {},
      clockChanged: () => {},
      fault: (error) => {
        throw error;
      },
    });
    device.openTenant(0, { kind: 'shared' });
    device.openStream(0, 0);
    const work = rig.launchable(8, 1000);
    await rig.advance(1e6);
    const submit = (): void =>
      device.submit(Object.assign(new Submission(), { work, blockEnd: 8, tpcs: device.info.tpcs }));
    submit();
    control.faults('cuLaunchKernel:1:999');
    expect(submit).toThrow(expect.objectContaining({ code: 'E_CUDA_LOST' }));
    for (let i = 0; i < 2; i++) {
      expect(submit).toThrow(
        expect.objectContaining({
          code: 'E_DEVICE_FAULT',
          message: expect.stringContaining('takes nothing more: cuLaunchKernel failed'),
        }),
      );
    }
    await rig.advance(device.now() + 2e8);
    device.close();
    expect(control.open()).toEqual({});
  });
});
