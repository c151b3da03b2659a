import type { DeviceFile } from './device-model.ts';

/** Fixed latency inside a short kernel on the measuring device: launch, first loads, drain. */
const FIXED_LATENCY_NS = 1200;
/** Above this share of tensor-pipe activity a kernel's compute part scales as the tensor rate. */
const TENSOR_THRESHOLD = 0.05;

/** DRAM bandwidth that `n` TPCs can draw, bytes/ns: linear up to saturation. */
export function reachableBandwidth(device: DeviceFile, n: number): number {
  const { dramBytesPerNs, dramSaturationTpcs } = device.memory;
  return dramBytesPerNs.value * Math.min(1, n / dramSaturationTpcs.value);
}

/**
 * Bytes that an SM takes in from L2 in a clock at most: what reads on one TPC of an H200 get (379 GB/s,
 * micro-benchmarks). Taken over for the other devices.
 */
const SM_FILL_BYTES_PER_CLOCK = 96;

/**
 * Share of the throughput of `n` TPCs that a launch uses, 0..1: of the issue slots or the tensor pipes,
 * whichever are busier, and of the way that data takes into the SM.
 */
export function smLoad(
  device: DeviceFile,
  n: number,
  ns: number,
  smWork: number,
  l2Bytes: number,
): number {
  const fill =
    (device.geometry.smsPerTpc.value * SM_FILL_BYTES_PER_CLOCK * device.clock.maxSmMhz.value) /
    1000;
  return Math.min(1, (smWork + l2Bytes / fill) / (n * ns));
}

/** Share of the DRAM's read bandwidth that traffic can reach of which a part is written. */
export function dramEfficiency(device: DeviceFile, writeShare: number): number {
  return 1 - device.memory.mixPenalty.value * 2 * writeShare * (1 - writeShare);
}

/** Share of a launch's time that DRAM bandwidth accounts for, 0..1. */
export function memoryShare(device: DeviceFile, n: number, ns: number, dramBytes: number): number {
  return ns <= 0 ? 0 : Math.min(1, dramBytes / (ns * reachableBandwidth(device, n)));
}

/** Share of a launch's time that L2 throughput accounts for, 0..1; L2 rates grow with TPCs. */
export function l2Share(device: DeviceFile, n: number, ns: number, l2Bytes: number): number {
  const reach = (device.memory.l2BytesPerNs.value * n) / device.geometry.tpcs.value;
  return ns <= 0 ? 0 : Math.min(1, l2Bytes / (ns * reach));
}

/**
 * Moves a duration measured on one device to another, at the same number of TPCs: the launch's time
 * is split into a DRAM part, a fixed latency part and a compute part, and each is scaled by the
 * devices' ratio (bandwidth within reach, DRAM latency, tensor or issue rate per SM).
 * Assumes the same kernel binary and L2 hit rate on both.
 */
export function transferDuration(
  from: DeviceFile,
  to: DeviceFile,
  n: number,
  ns: number,
  dramBytes: number,
  tensorActive: number,
): number {
  if (from.id === to.id) return ns;
  const memory = memoryShare(from, n, ns, dramBytes);
  const latency = Math.min(1 - memory, FIXED_LATENCY_NS / Math.max(1, ns));
  const compute = 1 - memory - latency;
  const clock = from.clock.maxSmMhz.value / to.clock.maxSmMhz.value;
  const rate = (pick: (d: DeviceFile) => number): number => (clock * pick(from)) / pick(to);
  const computeRatio =
    tensorActive > TENSOR_THRESHOLD
      ? rate((d) => d.throughput.tensorFlopPerSmClock.value)
      : rate((d) => d.throughput.issuePerSmClock.value);
  const memoryRatio = reachableBandwidth(from, n) / reachableBandwidth(to, n);
  const latencyRatio = to.throughput.latencyNs.value / from.throughput.latencyNs.value;
  return ns * (memory * memoryRatio + latency * latencyRatio + compute * computeRatio);
}
