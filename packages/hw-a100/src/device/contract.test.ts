import { PORT_CONTRACT } from '@lithos/core';
import { describe, it } from 'vitest';
import { buildStandIn } from '../testing/stand-in.ts';
import { contractRig } from './contract.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('the port of a real device, on the stand-in driver', () => {
  for (const { name, run } of PORT_CONTRACT) {
    it(name, async () => {
      process.env.LITHOS_LIBCUDA = standIn?.cuda;
      const device = openHardware();
      try {
        await run(contractRig(device));
      } finally {
        device.close();
      }
    });
  }
});
