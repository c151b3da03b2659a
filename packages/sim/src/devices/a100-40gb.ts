import type { DeviceFile } from '../model/device-model.ts';

const GIB = 2 ** 30;
const whitepaper = 'NVIDIA A100 Tensor Core GPU Architecture whitepaper';
const guide = 'CUDA C++ Programming Guide, compute capability 8.0';

/** NVIDIA A100-SXM4-40GB: the device of the LithOS paper's evaluation. */
export const a100_40gb: DeviceFile = {
  id: 'a100-40gb',
  name: 'NVIDIA A100-SXM4-40GB',
  description: '108 SMs (54 TPCs), 40 GB HBM2 at 1,555 GB/s, 400 W: the device of the LithOS paper',
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
    maxSmMhz: { value: 1410, source: 'nvidia-smi -q of an A100-SXM4 (nvidia-docker issue 1648)' },
    minSmMhz: { value: 210, source: 'nvidia-smi -q of an A100-SXM4 (nvidia-docker issue 1648)' },
    stepMhz: { value: 15, source: 'supported clocks of A100 boards' },
    switchNs: { value: 50_000_000, source: 'LithOS: about 50 ms per frequency switch' },
  },
  memory: {
    bytes: { value: 40 * GIB, source: whitepaper },
    dramBytesPerNs: {
      value: 1400,
      source: 'RRZE gpu-benches, A100-40GB: 1,358 to 1,539 GB/s achieved of 1,555',
    },
    dramSaturationTpcs: {
      value: 24,
      source: 'inferred from RRZE bandwidth against occupancy: 45 to 60 SMs saturate DRAM',
    },
    mixPenalty: {
      value: 0.8,
      source:
        'fitted to H200 micro-benchmarks: two copies together move 2.4 to 2.7 TB/s, one alone 4.0',
    },
    l2Bytes: { value: 40 * 2 ** 20, source: whitepaper },
    l2BytesPerNs: { value: 5400, source: 'RRZE gpu-benches gpu-l2-cache, A100' },
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
      value: 1540,
      source: 'the H200 gap of 1,460 ns by the A100/H200 ratio of graph steps, 1.34/1.27 us (RRZE)',
    },
    graphGapNs: {
      value: 760,
      source: 'the H200 gap of 720 ns by the A100/H200 ratio of graph steps, 1.34/1.27 us (RRZE)',
    },
    hostLaunchNs: { value: 2150, source: 'lithos-reproduction benchmarks: 2.1 to 2.2 us a launch' },
    hostGraphLaunchNs: {
      value: 8000,
      source: 'lithos-reproduction benchmarks: graph replay overhead',
    },
    hostSyncNs: { value: 8000, source: 'launch and synchronise round trip, 7 to 10 us typical' },
    dispatchBlocksPerNs: { value: 1.34, source: 'RRZE gpu-small-kernels: 1.34 G blocks/s' },
  },
  contexts: {
    sliceNs: { value: 1_024_000, source: 'open-gpu-kernel-modules: TIMEOUT_128 << SCALE_3' },
    switchNs: { value: 100_000, source: 'GPreempt (ATC 2025): about 100 us on A100 in all' },
  },
  priorityLevels: { value: 6, source: 'cuCtxGetStreamPriorityRange on A100: 0 to -5' },
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
    boardW: {
      value: 50.8,
      source: 'fitted to 53.7 W at 210 MHz and 80.0 W at 1410 MHz, idle with a context',
    },
    clockWPerGhz: { value: 13.77, source: 'the same fit, with the voltage curve below' },
    dramWPerTBps: {
      value: 118.4,
      source: 'fitted to RRZE gpu-roofline, 8 A100-40GB boards (0.85 % error)',
    },
    smW: {
      value: 101,
      source: 'the same fit: 5.19 W per FP32 TFLOP/s at 19.5 TFLOP/s, all SMs busy at 1410 MHz',
    },
    tensorW: {
      value: 290,
      source: 'Perseus (SOSP 2024) GPT-3 stages: 475 W at 1410 MHz less idle and DRAM power',
    },
    limitW: { value: 400, source: 'A100-SXM4 board limit' },
    voltageKneeGhz: { value: 1.1, source: 'fitted to Perseus stage profiles, A100-SXM' },
    voltageSlopePerGhz: { value: 0.73, source: 'fitted to Perseus stage profiles, A100-SXM' },
  },
};
