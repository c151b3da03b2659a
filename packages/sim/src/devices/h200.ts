import type { DeviceFile } from '../model/device-model.ts';

const GIB = 2 ** 30;
const measured = 'measured for this project on an H200';
const guide = 'CUDA C++ Programming Guide, compute capability 9.0';
const datasheet = 'NVIDIA H200 datasheet';

/** NVIDIA H200 SXM: the device on which this project's profiles were measured. */
export const h200: DeviceFile = {
  id: 'h200',
  name: 'NVIDIA H200',
  description: '132 SMs (66 TPCs), 141 GB HBM3e, 700 W: where the kernel profiles were measured',
  geometry: {
    tpcsPerGpc: {
      value: [9, 9, 8, 8, 8, 8, 8, 8],
      source: '66 TPCs in 8 GPCs of 8 or 9; which GPCs are long varies by chip',
    },
    tpcs: { value: 66, source: `${measured}: 66 groups of a 2-SM split` },
    smsPerTpc: { value: 2, source: `${measured}: %smid of single-TPC green contexts` },
  },
  sm: {
    threads: { value: 2048, source: guide },
    blocks: { value: 32, source: guide },
    registers: { value: 65_536, source: guide },
    sharedMemoryBytes: { value: 228 * 1024, source: guide },
    reservedSharedMemoryBytes: { value: 1024, source: guide },
    carveOutsKib: { value: [0, 8, 16, 32, 64, 100, 132, 164, 196, 228], source: guide },
  },
  clock: {
    maxSmMhz: { value: 1980, source: measured },
    minSmMhz: { value: 345, source: 'idle clock of H100 boards' },
    stepMhz: { value: 15, source: 'supported clocks of Hopper boards' },
    switchNs: { value: 50_000_000, source: 'taken over from the A100 (LithOS)' },
  },
  memory: {
    bytes: { value: 143_771 * 2 ** 20, source: 'nvidia-smi of H200 boards: 143,771 MiB' },
    dramBytesPerNs: { value: 4560, source: `${measured}: reads saturate at 4.56 TB/s` },
    dramSaturationTpcs: { value: 16, source: `${measured}: reads saturate at 16 of 66 TPCs` },
    mixPenalty: {
      value: 0.8,
      source:
        'fitted to H200 micro-benchmarks: two copies together move 2.4 to 2.7 TB/s, one alone 4.0',
    },
    l2Bytes: { value: 50 * 2 ** 20, source: 'NVIDIA H100 architecture whitepaper' },
    l2BytesPerNs: {
      value: 10_000,
      source: 'RRZE gpu-benches gpu-l2-cache, GH200: 9.7 to 10.7 TB/s',
    },
  },
  throughput: {
    tensorFlopPerSmClock: { value: 4096, source: `${datasheet}: 989 TFLOP/s fp16 dense` },
    fp32FlopPerSmClock: {
      value: 256,
      source: 'NVIDIA H100 architecture whitepaper: 128 FMA per SM and clock',
    },
    issuePerSmClock: { value: 4, source: '4 warp schedulers per SM' },
    latencyNs: { value: 347, source: 'RRZE gpu-benches gpu-latency: DRAM 688 cycles at 1980 MHz' },
  },
  launch: {
    streamGapNs: { value: 1460, source: `${measured}: queued dependent kernels in a stream` },
    graphGapNs: { value: 720, source: `${measured}: dependent kernels in a graph` },
    hostLaunchNs: {
      value: 3000,
      source: `${measured}: 3.0 us a launch from C in a virtual machine`,
    },
    hostGraphLaunchNs: { value: 8000, source: 'taken over from the A100' },
    hostSyncNs: { value: 8000, source: 'taken over from the A100' },
    dispatchBlocksPerNs: { value: 1.66, source: `${measured}: empty blocks of up to 256 threads` },
  },
  contexts: {
    sliceNs: {
      value: 2_135_000,
      source: `${measured}: blocks frozen for 2,410 us, less two switches`,
    },
    switchNs: {
      value: 137_000,
      source: `${measured}: two processes with 20 us of work and a synchronisation each`,
    },
  },
  priorityLevels: { value: 6, source: 'cuCtxGetStreamPriorityRange: 0 to -5' },
  mig: {
    source: 'NVIDIA MIG user guide, H200 profiles: 16 SMs a slice',
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
    boardW: { value: 70, source: 'H100 idle at 345 MHz: 71.8 W' },
    clockWPerGhz: { value: 16.3, source: `${measured}: 119.3 W idle with a context at 1980 MHz` },
    dramWPerTBps: { value: 60, source: `${measured}: read bandwidth runs, power against rate` },
    smW: { value: 200, source: `${measured}: FP32 runs at full rate` },
    tensorW: { value: 460, source: `${measured}: prefill loops at the 700 W limit` },
    limitW: { value: 700, source: datasheet },
    voltageKneeGhz: { value: 1.3, source: 'assumed in proportion to the A100 curve' },
    voltageSlopePerGhz: { value: 0.35, source: 'assumed in proportion to the A100 curve' },
  },
};
