import type { DeviceFile } from '../model/device-model.ts';

const measured = 'measured for this project on an H200';
const guide = 'CUDA C++ Programming Guide, compute capability 9.0';
const whitepaper = 'NVIDIA H100 architecture whitepaper';

/** What H100 SXM and H200 share: the GH100 die with 132 SMs; most of it was measured on an H200. */
export const gh100 = {
  computeCapability: {
    value: 9.0,
    source: 'CUDA C++ programming guide, table of compute capabilities',
  },
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
    mixPenalty: {
      value: 0.24,
      source: `${measured}: one copy alone moves 4.02 TB/s, reads 4.56`,
    },
    l2Bytes: { value: 50 * 2 ** 20, source: whitepaper },
    l2BytesPerNs: {
      value: 10_000,
      source: 'RRZE gpu-benches gpu-l2-cache, GH200: 9.7 to 10.7 TB/s',
    },
    l2StreamBytesPerNs: {
      value: 6040,
      source:
        'RRZE gpu-benches gpu-small-kernels, H200: between 5.83 TB/s in a graph and 6.25 in a stream',
    },
  },
  throughput: {
    tensorFlopPerSmClock: {
      value: 4096,
      source: 'NVIDIA H200 datasheet: 989 TFLOP/s fp16 dense',
    },
    fp32FlopPerSmClock: { value: 256, source: `${whitepaper}: 128 FMA per SM and clock` },
    issuePerSmClock: { value: 4, source: '4 warp schedulers per SM' },
    latencyNs: { value: 347, source: 'RRZE gpu-benches gpu-latency: DRAM 688 cycles at 1980 MHz' },
  },
  launch: {
    streamGapNs: { value: 1460, source: `${measured}: queued dependent kernels in a stream` },
    graphGapNs: { value: 720, source: `${measured}: dependent kernels in a graph` },
    kernelFloorNs: {
      value: 550,
      source: 'RRZE gpu-benches gpu-small-kernels, H200: 1.27 us a kernel in a graph, less the gap',
    },
    hostLaunchNs: {
      value: 4220,
      source: `${measured}: 4.22 us a launch from C in a virtual machine (3.0 us on another host)`,
    },
    hostGraphLaunchNs: { value: 8000, source: 'taken over from the A100' },
    hostSyncNs: {
      value: 4190,
      source: `${measured}: 9.87 us to launch and synchronise, less launch and gap`,
    },
    dispatchBlocksPerNs: { value: 1.66, source: `${measured}: empty blocks of up to 256 threads` },
  },
  atoms: {
    value: 'block-range',
    source: 'rewritten PTX launches the blocks of an atom only: packages/hw-a100/src/ptx',
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
  power: {
    hbmWPerTBps: {
      value: 31.4,
      source: '3.92 pJ a bit in HBM2 (O’Connor et al., Fine-Grained DRAM, MICRO 2017)',
    },
    dramWPerTBps: { value: 60, source: `${measured}: read bandwidth runs, power against rate` },
    smW: { value: 200, source: `${measured}: FP32 runs at full rate` },
    tensorW: { value: 460, source: `${measured}: prefill loops at the 700 W limit` },
    limitW: { value: 700, source: 'NVIDIA H100 and H200 datasheets' },
    voltageKneeGhz: { value: 1.3, source: 'assumed in proportion to the A100 curve' },
    voltageSlopePerGhz: { value: 0.35, source: 'assumed in proportion to the A100 curve' },
    limitWindowNs: { value: 25_000_000, source: 'assumed: the window of the power sensor, below' },
    sampleWindowNs: {
      value: 25_000_000,
      source: 'Part-time Power Measurements (SC 2024): A100 and H100 sample 25 % of the time',
    },
    samplePeriodNs: { value: 100_000_000, source: 'Part-time Power Measurements (SC 2024)' },
  },
} satisfies Omit<DeviceFile, 'id' | 'name' | 'description' | 'memory' | 'mig' | 'power'> & {
  readonly memory: Partial<DeviceFile['memory']>;
  readonly power: Partial<DeviceFile['power']>;
};
