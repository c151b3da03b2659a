import type { DeviceFile } from '../model/device-model.ts';
import { gh100 } from './gh100.ts';

const GIB = 2 ** 30;

/** NVIDIA H100 SXM5 80GB: the die of the H200 with slower memory. What is not below was measured there. */
export const h100: DeviceFile = {
  ...gh100,
  id: 'h100',
  name: 'NVIDIA H100 80GB HBM3',
  description: '132 SMs (66 TPCs), 80 GB HBM3 at 3,350 GB/s, 700 W; mostly as measured on the H200',
  memory: {
    ...gh100.memory,
    bytes: { value: 81_559 * 2 ** 20, source: 'nvidia-smi of H100 SXM boards: 81,559 MiB' },
    dramBytesPerNs: {
      value: 3180,
      source: 'the 95 % of its peak that the H200 reaches, of 3,350 GB/s (NVIDIA H100 datasheet)',
    },
    dramSaturationTpcs: {
      value: 11,
      source: 'the TPCs that draw as much at the 285 GB/s a TPC of the H200',
    },
  },
  mig: {
    source:
      'nvidia-smi mig -lgip of H100 80GB boards: 16 SMs a slice. The 12 SMs more of a 3g and the 20 ' +
      'more of a 7g, from the eighth GPC, are left out',
    tpcsPerSlice: 8,
    instances: [
      { name: '7g.80gb', computeSlices: 7, memorySlices: 8, memoryBytes: 79.25 * GIB },
      { name: '4g.40gb', computeSlices: 4, memorySlices: 4, memoryBytes: 39.5 * GIB },
      { name: '3g.40gb', computeSlices: 3, memorySlices: 4, memoryBytes: 39.5 * GIB },
      { name: '2g.20gb', computeSlices: 2, memorySlices: 2, memoryBytes: 19.62 * GIB },
      { name: '1g.10gb', computeSlices: 1, memorySlices: 1, memoryBytes: 9.75 * GIB },
    ],
  },
  power: {
    ...gh100.power,
    boardW: {
      value: 65.4,
      source: 'fitted to 71.8 W at 345 MHz and 121.7 W at 1980 MHz, idle with a context',
    },
    clockWPerGhz: { value: 18.55, source: 'the same fit, with the voltage curve below' },
  },
};
