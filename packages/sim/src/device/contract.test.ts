import {
  type ContractRig,
  KernelInterner,
  type Ns,
  PORT_CONTRACT,
  segmentShape,
} from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { DEVICES } from '../devices/registry.ts';
import { Engine } from '../engine/engine.ts';
import type { DeviceFile } from '../model/device-model.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import type { SimSegment } from '../model/sim-segment.ts';
import { kernelOf } from '../testing/kernels.ts';
import { SimulatedDevice } from './simulated-device.ts';

function rigOf(file: DeviceFile): ContractRig {
  const engine = new Engine();
  const port = new SimulatedDevice(file, engine);
  const interner = new KernelInterner();
  const launchable = (blocks: number, blockNs: Ns): SimKernel => {
    // In as many turns as it takes: see `info.sm.blocks`.
    const turns = (tpcs: number): number =>
      Math.ceil(blocks / (tpcs * port.info.smsPerTpc * port.info.sm.blocks));
    const ns = (tpcs: number): number => Math.max(1, blockNs) * turns(tpcs);
    return kernelOf(file, { blocks, threads: 32, ns });
  };
  return {
    port,
    launchable,
    segment: (launches) => {
      const parts = launches.map(({ blocks, blockNs }) => launchable(blocks, blockNs));
      return {
        kernel: interner.intern(segmentShape('segment', parts)),
        ordinal: 0,
        parts,
      } as SimSegment;
    },
    breakDown: () => port.fail(new Error('it was told to')),
    advance: async (untilNs) => {
      while (!engine.run(untilNs, 1000));
    },
  };
}

describe.each(DEVICES.map((file) => ({ id: file.id, file })))('the simulated $id', ({ file }) => {
  for (const { name, applies, run } of PORT_CONTRACT) {
    it(name, async () => {
      const rig = rigOf(file);
      expect(applies(rig)).toBe(true);
      await run(rig);
    });
  }
});
