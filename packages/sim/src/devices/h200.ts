import type { DeviceFile } from '../model/device-model.ts';
import { CEILING_W } from '../power/board-power.ts';
import { gh100 } from './gh100.ts';

const GIB = 2 ** 30;
const measured = 'measured for this project on an H200';

/** NVIDIA H200 SXM: the device on which this project's profiles were measured. */
export const h200: DeviceFile = {
  ...gh100,
  id: 'h200',
  name: 'NVIDIA H200',
  description: '132 SMs (66 TPCs), 141 GB HBM3e, 700 W: where the kernel profiles were measured',
  memory: {
    ...gh100.memory,
    bytes: { value: 143_771 * 2 ** 20, source: 'nvidia-smi of H200 boards: 143,771 MiB' },
    dramBytesPerNs: { value: 4560, source: `${measured}: reads saturate at 4.56 TB/s` },
    dramSaturationTpcs: { value: 16, source: `${measured}: reads saturate at 16 of 66 TPCs` },
  },
  launch: {
    ...gh100.launch,
    segmentGapNs: {
      value: 13_180,
      source:
        `${measured} (experiments/hardware/h200/bench.json): a request of look-alikes of ResNet-50 takes ` +
        '1,142.4 us in 11 segments, and 1,017.8 as one graph; so a segment waits 12.46 us longer than the ' +
        '0.72 that a launch of one graph does (GRAPH_GAP_NS of the look-alikes)',
    },
  },
  mig: {
    source:
      'NVIDIA MIG user guide, H200 profiles: 16 SMs a slice. The 12 SMs more of a 3g and the 20 more ' +
      'of a 7g, from the eighth GPC, are left out',
    tpcsPerSlice: 8,
    instances: [
      { name: '7g.141gb', computeSlices: 7, memorySlices: 8, memoryBytes: 140 * GIB },
      { name: '4g.71gb', computeSlices: 4, memorySlices: 4, memoryBytes: 69.5 * GIB },
      { name: '3g.71gb', computeSlices: 3, memorySlices: 4, memoryBytes: 69.5 * GIB },
      { name: '2g.35gb', computeSlices: 2, memorySlices: 2, memoryBytes: 34.75 * GIB },
      { name: '1g.18gb', computeSlices: 1, memorySlices: 1, memoryBytes: 17.25 * GIB },
    ],
  },
  power: {
    ...gh100.power,
    boardW: { value: 70, source: 'H100 idle at 345 MHz: 71.8 W' },
    clockWPerGhz: { value: 16.246, source: `${measured}: 119.3 W idle with a context at 1980 MHz` },
    ceilingW: {
      value: CEILING_W,
      source: `fitted to the profiles, ${measured}: prefill loops at the 700 W limit (power/)`,
    },
  },
};
