import type { DeviceFile } from '../model/device-model.ts';
import { ga100 } from './ga100.ts';

const GIB = 2 ** 30;

/** NVIDIA A100-SXM4-40GB: the device of the LithOS paper's evaluation. */
export const a100_40gb: DeviceFile = {
  ...ga100,
  id: 'a100-40gb',
  name: 'NVIDIA A100-SXM4-40GB',
  description: '108 SMs (54 TPCs), 40 GB HBM2 at 1,555 GB/s, 400 W: the device of the LithOS paper',
  memory: {
    ...ga100.memory,
    bytes: { value: 40 * GIB, source: 'NVIDIA A100 datasheet' },
    dramBytesPerNs: {
      value: 1400,
      source: 'RRZE gpu-benches, A100-40GB: 1,358 to 1,539 GB/s achieved of 1,555',
    },
  },
  mig: {
    source: 'nvidia-smi mig -lgip; deviceQuery in instances (bus width, L2)',
    tpcsPerSlice: 7,
    instances: [
      { name: '7g.40gb', computeSlices: 7, memorySlices: 8, memoryBytes: 39.5 * GIB },
      { name: '4g.20gb', computeSlices: 4, memorySlices: 4, memoryBytes: 19.62 * GIB },
      { name: '3g.20gb', computeSlices: 3, memorySlices: 4, memoryBytes: 19.62 * GIB },
      { name: '2g.10gb', computeSlices: 2, memorySlices: 2, memoryBytes: 9.75 * GIB },
      { name: '1g.5gb', computeSlices: 1, memorySlices: 1, memoryBytes: 4.75 * GIB },
    ],
  },
  power: {
    ...ga100.power,
    limitW: { value: 400, source: 'nvidia-smi -q of an A100-SXM4 (nvidia-docker issue 1648)' },
  },
};
