import type { DeviceFile } from '../model/device-model.ts';
import { ga100 } from './ga100.ts';

const GIB = 2 ** 30;

/** Instances of both A100 boards with 80 GB. */
export const a100_80gbInstances: DeviceFile['mig'] = {
  source: 'nvidia-smi mig -lgip; deviceQuery in instances (bus width, L2)',
  tpcsPerSlice: 7,
  instances: [
    { name: '7g.80gb', computeSlices: 7, memorySlices: 8, memoryBytes: 79.25 * GIB },
    { name: '4g.40gb', computeSlices: 4, memorySlices: 4, memoryBytes: 39.25 * GIB },
    { name: '3g.40gb', computeSlices: 3, memorySlices: 4, memoryBytes: 39.25 * GIB },
    { name: '2g.20gb', computeSlices: 2, memorySlices: 2, memoryBytes: 19.5 * GIB },
    { name: '1g.10gb', computeSlices: 1, memorySlices: 1, memoryBytes: 9.5 * GIB },
  ],
};

/** NVIDIA A100-SXM4-80GB: the device of the independent LithOS reproduction. */
export const a100_80gb: DeviceFile = {
  ...ga100,
  id: 'a100-80gb',
  name: 'NVIDIA A100-SXM4-80GB',
  description: '108 SMs (54 TPCs), 80 GB HBM2e at 2,039 GB/s, 400 W',
  memory: {
    ...ga100.memory,
    bytes: { value: 80 * GIB, source: 'NVIDIA A100 datasheet' },
    dramBytesPerNs: {
      value: 1800,
      source:
        'RRZE gpu-benches gpu-stream, A100-80GB: read 1,776, scale 1,737, triad 1,794, ' +
        'write 1,900 GB/s of 2,039; fitted as what `scale` tends to with ever more threads',
    },
  },
  mig: a100_80gbInstances,
  power: {
    ...ga100.power,
    limitW: { value: 400, source: 'NVIDIA A100 datasheet; some boards are set to 500 W' },
  },
};
