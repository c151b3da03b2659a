import type { DeviceFile } from '../model/device-model.ts';

const whitepaper = 'NVIDIA A100 Tensor Core GPU Architecture whitepaper';
const guide = 'CUDA C++ Programming Guide, compute capability 8.0';
const smi = 'nvidia-smi -q of an A100-SXM4 (nvidia-docker issue 1648)';
const smallKernels = 'RRZE gpu-benches gpu-small-kernels, A100-80GB';
const perseus =
  'fitted to the GPT-3 175B stages of Perseus (SOSP 2024), A100-SXM, 855 to 1,320 MHz';

/** What all A100 boards share: the GA100 die with 7 GPCs, its launch path and its power curve. */
export const ga100 = {
  computeCapability: {
    value: 8.0,
    source: 'CUDA C++ programming guide, table of compute capabilities',
  },
  geometry: {
    tpcsPerGpc: {
      value: [8, 8, 8, 8, 8, 7, 7],
      source:
        'the only way to have 54 TPCs in 7 GPCs of 7 or 8; which GPCs are short varies by chip',
    },
    tpcs: { value: 54, source: whitepaper },
    smsPerTpc: { value: 2, source: whitepaper },
  },
  sm: {
    threads: { value: 2048, source: guide },
    blocks: { value: 32, source: guide },
    registers: { value: 65_536, source: guide },
    sharedMemoryBytes: { value: 164 * 1024, source: guide },
    reservedSharedMemoryBytes: { value: 1024, source: guide },
    carveOutsKib: { value: [0, 8, 16, 32, 64, 100, 132, 164], source: guide },
  },
  clock: {
    maxSmMhz: { value: 1410, source: smi },
    minSmMhz: { value: 210, source: smi },
    stepMhz: { value: 15, source: 'supported clocks of A100 boards' },
    switchNs: { value: 50_000_000, source: 'LithOS: about 50 ms per frequency switch' },
  },
  memory: {
    dramSaturationTpcs: {
      value: 24,
      source: 'inferred from RRZE bandwidth against occupancy: 45 to 60 SMs saturate DRAM',
    },
    mixPenalty: {
      value: 0.24,
      source: 'taken over from the H200: one copy alone moves 4.02 TB/s, reads 4.56',
    },
    l2Bytes: { value: 40 * 2 ** 20, source: whitepaper },
    l2BytesPerNs: { value: 5400, source: 'RRZE gpu-benches gpu-l2-cache, A100' },
    l2StreamBytesPerNs: {
      value: 3660,
      source: `${smallKernels}: between 3.52 TB/s in a graph and 3.81 TB/s in a stream`,
    },
  },
  throughput: {
    tensorFlopPerSmClock: {
      value: 2048,
      source: `${whitepaper}: 312 TFLOP/s fp16 dense at 1410 MHz`,
    },
    fp32FlopPerSmClock: { value: 128, source: `${whitepaper}: 64 FMA per SM and clock` },
    issuePerSmClock: { value: 4, source: '4 warp schedulers per SM' },
    latencyNs: { value: 391, source: 'RRZE gpu-benches gpu-latency: DRAM 552 cycles at 1410 MHz' },
  },
  launch: {
    streamGapNs: {
      value: 2100,
      source: `fitted to ${smallKernels}: 2.68 us a kernel in a stream, less the kernel's own 0.58`,
    },
    graphGapNs: {
      value: 760,
      source: 'the H200 gap of 720 ns by the A100/H200 ratio of graph steps, 1.34/1.27 us (RRZE)',
    },
    kernelFloorNs: {
      value: 580,
      source: `fitted to ${smallKernels}: 1.34 us a kernel in a graph, less the gap`,
    },
    hostLaunchNs: { value: 2150, source: 'lithos-reproduction benchmarks: 2.1 to 2.2 us a launch' },
    hostGraphLaunchNs: {
      value: 8000,
      source: 'lithos-reproduction benchmarks: graph replay overhead',
    },
    hostSyncNs: {
      value: 4200,
      source:
        'launch and synchronise round trip, 7 to 10 us typical, less launch and gap; the H200 likewise',
    },
    dispatchBlocksPerNs: { value: 1.34, source: 'RRZE gpu-small-kernels: 1.34 G blocks/s' },
  },
  atoms: {
    value: 'full-grid',
    source: 'LithOS section 5.4: every atom launches the full grid',
  },
  contexts: {
    sliceNs: { value: 1_024_000, source: 'open-gpu-kernel-modules: TIMEOUT_128 << SCALE_3' },
    switchNs: {
      value: 148_000,
      source:
        'fitted to lithos-reproduction, A100-80GB: two tenants with 0.139 ms of kernel and ' +
        'synchronisation do 3,559 iterations/s in turns, 7,218 alone. The 100 us of GPreempt ' +
        '(ATC 2025) is saving and restoring state, without noticing that a context has run dry',
    },
  },
  priorityLevels: { value: 6, source: 'cuCtxGetStreamPriorityRange on A100: 0 to -5' },
  power: {
    boardW: {
      value: 50.87,
      source: 'fitted to 53.7 W at 210 MHz and 80.0 W at 1410 MHz, idle with a context',
    },
    clockWPerGhz: { value: 13.46, source: 'the same fit, with the voltage curve below' },
    hbmWPerTBps: {
      value: 31.4,
      source: '3.92 pJ a bit in HBM2 (O’Connor et al., Fine-Grained DRAM, MICRO 2017)',
    },
    dramWPerTBps: {
      value: 111,
      source:
        'fitted to P = 66.5 + 118.4 W per TB/s + 5.19 W per TFLOP/s (RRZE gpu-roofline, 8 A100-40GB, ' +
        'all SMs busy), with the 80.0 W of an idle board in place of 66.5: off by 2 % at most there',
    },
    smW: { value: 90.9, source: 'the same fit: 4.66 W per FP32 TFLOP/s at 19.5 TFLOP/s' },
    tensorW: {
      value: 414,
      source: `${perseus}: a stage taken to keep the tensor pipes busy all the time`,
    },
    voltageKneeGhz: { value: 1.1, source: perseus },
    voltageSlopePerGhz: { value: 0.77, source: perseus },
    limitWindowNs: {
      value: 25_000_000,
      source: 'assumed: the window of the power sensor, below',
    },
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
