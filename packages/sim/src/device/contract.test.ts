import { type ContractRig, PORT_CONTRACT } from '@lithos/core';
import { describe, it } from 'vitest';
import { DEVICES } from '../devices/registry.ts';
import { Engine } from '../engine/engine.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { kernelOf } from '../testing/kernels.ts';
import { SimulatedDevice } from './simulated-device.ts';

function rigOf(file: DeviceFile): ContractRig {
  const engine = new Engine();
  const port = new SimulatedDevice(file, engine);
  return {
    port,
    launchable: (blocks, blockNs) => {
      // In as many turns as it takes: see `info.sm.blocks`.
      const turns = (tpcs: number): number =>
        Math.ceil(blocks / (tpcs * port.info.smsPerTpc * port.info.sm.blocks));
      const ns = (tpcs: number): number => Math.max(1, blockNs) * turns(tpcs);
      return kernelOf(file, { blocks, threads: 32, ns });
    },
    advance: async (untilNs) => {
      while (!engine.run(untilNs, 1000));
    },
  };
}

describe.each(DEVICES.map((file) => ({ id: file.id, file })))('the simulated $id', ({ file }) => {
  for (const { name, run } of PORT_CONTRACT) it(name, () => run(rigOf(file)));
});
