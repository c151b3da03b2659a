import { type ContractRig, PORT_CONTRACT } from '@lithos/core';
import { describe, it } from 'vitest';
import { DEVICES } from '../devices/registry.ts';
import { Engine } from '../engine/engine.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { SimulatedDevice } from './simulated-device.ts';

function rigOf(file: DeviceFile): ContractRig {
  const engine = new Engine();
  return {
    port: new SimulatedDevice(file, engine),
    launchable: (blocks, blockNs) =>
      kernelOf(file, { blocks, threads: 32, ns: always(Math.max(1, blockNs)) }),
    advance: async (untilNs) => {
      while (!engine.run(untilNs, 1000));
    },
  };
}

describe.each(DEVICES.map((file) => ({ id: file.id, file })))('the simulated $id', ({ file }) => {
  for (const { name, run } of PORT_CONTRACT) it(name, () => run(rigOf(file)));
});
