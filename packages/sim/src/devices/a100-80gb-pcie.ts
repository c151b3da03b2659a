import type { DeviceFile } from '../model/device-model.ts';
import { a100_80gbInstances } from './a100-80gb.ts';
import { ga100 } from './ga100.ts';

/** NVIDIA A100-PCIE-80GB: the same die with slower memory and a lower power limit. */
export const a100_80gbPcie: DeviceFile = {
  ...ga100,
  id: 'a100-80gb-pcie',
  name: 'NVIDIA A100 80GB PCIe',
  description: '108 SMs (54 TPCs), 80 GB HBM2e at 1,935 GB/s, 300 W',
  memory: {
    ...ga100.memory,
    bytes: { value: 80 * 2 ** 30, source: 'NVIDIA A100 80GB PCIe product brief' },
    dramBytesPerNs: {
      value: 1708,
      source: 'the 1,800 GB/s of the SXM board by the ratio of peak rates, 1,935/2,039 GB/s',
    },
  },
  mig: a100_80gbInstances,
  power: {
    ...ga100.power,
    limitW: { value: 300, source: 'NVIDIA A100 80GB PCIe product brief' },
  },
};
